import { chain } from '../../tests/chains/01.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { withCloud } from '../../tests/cloud.ts'

describe('Chapter 1 on the local cloud', () => {
  takeSteps(chain, withCloud({ chapter: '01' }))
})
