import { rmSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import { ServiceError } from '../base/errors.ts'
import { expectThere, templateOf, type Wanted } from './fixtures/wanted.ts'
import { createStackStore } from './store.ts'
import { openRig } from './testing.ts'

const IDS = ['A', 'B', 'C', 'D', 'E', 'F']

/** Resources in the order of `IDS`, each of which may refer to earlier ones; `Key` cannot be changed in place. */
const wants: fc.Arbitrary<Wanted> = fc
  .tuple(
    ...IDS.map((_, at) =>
      fc.option(
        fc.record(
          {
            Size: fc.nat(2),
            Key: fc.constantFrom('a', 'b'),
            Tags: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
            Peer: fc.nat(Math.max(0, at - 1)).map((to) => `@${IDS[to]}`),
          },
          { requiredKeys: [] },
        ),
        { freq: 4 },
      ),
    ),
  )
  .map((all) => {
    const there = IDS.filter((_, at) => all[at])
    const wanted: Wanted = { Always: { Size: 1 } }
    for (const [at, properties] of all.entries()) {
      if (!properties) continue
      const { Peer, ...rest } = properties
      const id = IDS[at] as string
      wanted[id] = Peer && there.includes(Peer.slice(1)) && Peer.slice(1) !== id ? properties : rest
    }
    return wanted
  })

/** Which calls, counted from the first of a deployment, are refused: none most of the time. */
const refusals = fc.option(fc.nat(25), { freq: 2 })

describe('a sequence of deployments', () => {
  it('has after each what its template wants, or what was before when a call was refused', async function () {
    this.timeout(60_000)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(wants, refusals), { minLength: 1, maxLength: 5 }), async (deployments) => {
        const rig = openRig()
        let there: Wanted = {}
        try {
          for (const [wanted, refused] of deployments) {
            let count = 0
            let isRefused = false
            rig.hook.before = (call) => {
              // Going back and cleaning up are let through: what they do when refused is another test's.
              if (count++ !== refused || isRefused || call.startsWith('delete')) return
              isRefused = true
              throw new ServiceError('Denied', 'No.')
            }

            const done = await rig.deploy(templateOf(wanted)).catch((error: Error) => {
              expect(error.message).to.match(/No\. \(Denied\)\nThe stack is as it was before\.$/)
            })

            if (done) there = wanted
            expect(done === undefined).to.equal(isRefused)
            expectThere(rig, there)
          }
          await rig.stacks.delete('local').catch((error: Error) => {
            if (Object.keys(there).length) throw error
          })
          expect([...rig.things.keys()]).to.deep.equal([])
        } finally {
          rig.close()
          rmSync(rig.folder, { recursive: true })
        }
      }),
      { numRuns: process.env.TEST_FULL ? 1000 : 60 },
    )
  })
})

describe('createStackStore', () => {
  it('keeps the events of a stack in their order', async () => {
    const rig = openRig()

    const stack = await rig.deploy(templateOf({ One: { Size: 1 } }))

    const events = createStackStore({ state: rig.state }).events(stack.id)
    expect(
      events.map(({ logicalId, physicalId, status, reason }) => [logicalId, physicalId, status, reason]),
    ).to.deep.equal([
      ['local', stack.id, 'CREATE_IN_PROGRESS', 'User Initiated'],
      ['One', 'One', 'CREATE_IN_PROGRESS', undefined],
      ['One', 'One', 'CREATE_COMPLETE', undefined],
      ['local', stack.id, 'CREATE_COMPLETE', undefined],
    ])
    expect(new Set(events.map(({ eventId }) => eventId)).size).to.equal(4)
    rig.close()
    rmSync(rig.folder, { recursive: true })
  })
})
