import { readdirSync } from 'node:fs'
import { expect } from 'chai'
import { ServiceError } from '../local/base/errors.ts'
import type { Policy } from '../local/iam/types.ts'
import { validatePolicy } from '../local/iam/validate.ts'
import { decideRequest, type PolicyRequest, readTable, tablesIn, whyDenied } from '../scripts/lib/policies.ts'

/**
 * Tests that each policy in a folder has a table, and each request of each table: allowed or denied as it says, for the
 * reason that it says.
 */
export const testPolicies = (folder: string): void => {
  it('each has a table of requests', () => {
    const names = readdirSync(folder).filter((name) => !name.endsWith('.requests.json'))

    expect(tablesIn(folder).map(({ name }) => `${name}.json`)).to.have.members(names)
  })

  for (const table of tablesIn(folder))
    describe(`${table.title} (${table.name})`, () => {
      for (const request of table.requests)
        it(`${request.expect}: ${request.name}`, () => {
          const decision = decideRequest(table, request)

          expect(decision.allowed, decision.reason).to.equal(request.expect === 'allow')
          if (!decision.allowed) expect(whyDenied(decision)).to.equal(request.why)
        })
    })
}

/**
 * The check of an exercise: the reader's file exports `policy`, which must allow and deny what a table says.
 * @param file `…/policies/exercise.requests.json`
 * @param place where the exercise's README speaks of a request: `point 2`
 */
export const testReadersPolicy = (file: string, place: (request: PolicyRequest) => string): void => {
  const table = readTable(file)
  let policy: Policy
  before(async () => {
    policy = ((await import(process.env.EXERCISE ?? '')) as { policy: Policy }).policy
  })

  it('is one that IAM takes', () => {
    try {
      validatePolicy(JSON.stringify(policy) ?? '', 'inline')
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      throw new Error(`expected a policy, but got ${error.code}: ${error.message}`)
    }
  })

  for (const request of table.requests)
    it(`${request.expect === 'allow' ? 'allows' : 'denies'}: ${request.name}`, () => {
      const decision = decideRequest({ ...table, policy }, request)
      const { action, resource, keys } = request
      const asked = [action, resource, keys && JSON.stringify(keys)].filter(Boolean).join(' ')
      if (decision.allowed === (request.expect === 'allow')) return
      throw new Error(
        decision.allowed
          ? `expected ${asked} to be denied, but got it allowed; look at README.md beside your file, ${place(request)}`
          : `expected ${asked} to be allowed, but got it denied: ${whyDenied(decision)}; look at README.md beside your file, ${place(request)}`,
      )
    })
}
