import { expect } from 'chai'
import { decideRequest, tablesIn, whyDenied } from '../scripts/lib/policies.ts'

/** A test for each request of each table in a folder: allowed or denied as it says, for the reason that it says. */
export const testPolicies = (folder: string): void => {
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
