import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { readTable } from '../../scripts/lib/policies.ts'
import { testPolicies } from '../../tests/policies.ts'
import { policy } from './exercise/solution.ts'

const folder = fileURLToPath(new URL('policies', import.meta.url))

describe('The policies of chapter 4', () => {
  testPolicies(folder)

  it('the solution of the exercise is the one with a table', () => {
    expect(policy).to.deep.equal(readTable(`${folder}/exercise.requests.json`).policy)
  })
})
