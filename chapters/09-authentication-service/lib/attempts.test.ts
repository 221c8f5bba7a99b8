import { expect } from 'chai'
import fc from 'fast-check'
import { type Attempts, attempted, deviceOf, forgotten, succeeded } from './attempts.ts'

const MINUTE = 60_000

/** The attempts after failures at these minutes; undefined where one of them was not let through. */
const afterFailures = (minutes: number[], device?: string, from?: Attempts): Attempts | undefined =>
  minutes.reduce<Attempts | undefined>(
    (attempts, minute) => attempts && attempted(attempts, device, minute * MINUTE),
    from ?? { strangers: [], devices: [] },
  )

describe('attempts', () => {
  it('are let through four times, and a fifth', () => {
    expect(afterFailures([1, 1, 1, 1, 1])?.strangers).to.have.length(5)
    expect(afterFailures([1, 1, 1, 1, 1, 1])).to.equal(undefined)
  })

  it('are let through again 15 minutes after the fifth failure', () => {
    expect(afterFailures([0, 1, 2, 3, 10, 24.9])).to.equal(undefined)
    expect(afterFailures([0, 1, 2, 3, 10, 25])).not.to.equal(undefined)
  })

  it('are let through where five failures take longer than 15 minutes', () => {
    expect(afterFailures([0, 4, 8, 12, 15, 15])).to.equal(undefined)
    expect(afterFailures([0, 4, 8, 12, 16, 16])).not.to.equal(undefined)
  })

  it('of a device that is known are its own', () => {
    const known = succeeded(undefined, 'phone', 0)

    const locked = afterFailures([1, 1, 1, 1, 1], undefined, known)
    expect(locked && attempted(locked, undefined, MINUTE)).to.equal(undefined)
    expect(afterFailures([1, 1, 1, 1, 1], 'phone', locked), 'whatever strangers do').not.to.equal(undefined)
    expect(afterFailures([1, 1, 1, 1, 1, 1], 'phone', locked)).to.equal(undefined)
  })

  it('that succeed are no failures, and nobody else’s are taken back', () => {
    const four = afterFailures([1, 2, 3, 4])
    const five = four && attempted(four, 'phone', 5 * MINUTE)

    expect(succeeded(five, 'phone', 5 * MINUTE)).to.deep.equal({
      strangers: [1, 2, 3, 4].map((minute) => minute * MINUTE),
      devices: [{ id: 'phone', seen: 5 * MINUTE, failures: [] }],
    })
    expect(succeeded(five, undefined, 5 * MINUTE).devices, 'nobody to remember').to.deep.equal([])
  })

  it('of ten devices are remembered, those that were seen last', () => {
    let attempts: Attempts | undefined
    for (let day = 0; day < 12; day++) attempts = succeeded(attempts, `device ${day}`, day)

    expect(attempts?.devices.map(({ id }) => id)).to.deep.equal(
      Array.from({ length: 10 }, (_, at) => `device ${at + 2}`),
    )
  })

  it('are forgotten by a reset, with all devices but the one it came from', () => {
    expect(forgotten('phone', 7)).to.deep.equal({ strangers: [], devices: [{ id: 'phone', seen: 7, failures: [] }] })
    expect(forgotten(undefined, 7)).to.deep.equal({ strangers: [], devices: [] })
  })

  it('let a stranger guess at most five times in any 15 minutes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 * MINUTE }), { maxLength: 60 }), (pauses) => {
        let attempts: Attempts = { strangers: [], devices: [] }
        let now = 0
        const guesses: number[] = []
        for (const pause of pauses) {
          now += pause
          const next = attempted(attempts, undefined, now)
          if (!next) continue
          attempts = next
          guesses.push(now)
        }
        for (const from of guesses)
          expect(guesses.filter((at) => at >= from && at < from + 15 * MINUTE).length).to.be.at.most(5)
      }),
      { numRuns: 500, seed: 9 },
    )
  })
})

describe('deviceOf', () => {
  it('is a hash of the identity, or nothing', () => {
    const identity = { cognitoIdentityId: 'us-east-1:one', cognitoIdentityPoolId: 'us-east-1:pool' }

    expect(deviceOf({ identity })).to.match(/^[\w-]{43}$/)
    expect(deviceOf({ identity: { ...identity, cognitoIdentityId: 'us-east-1:two' } })).not.to.equal(
      deviceOf({ identity }),
    )
    expect(deviceOf({})).to.equal(undefined)
  })
})
