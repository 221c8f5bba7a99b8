import { chain } from '../../tests/chains/11.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { withCloud } from '../../tests/cloud.ts'

describe('Chapter 11 on the local cloud', () => {
  const cloud = withCloud({ chapter: '11' })

  takeSteps(chain, cloud)
})
