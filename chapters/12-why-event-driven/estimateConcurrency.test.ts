import { expect } from 'chai'
import { handler } from './estimateConcurrency.ts'

const SCENARIO = [
  { name: 'picturesNearMe', eventsPerSecond: 1000, seconds: 0.2 },
  { name: 'contentUpdated', eventsPerSecond: 10, seconds: 2 },
  { name: 'updateContentIndex', eventsPerSecond: 10, seconds: 3 },
]
const refusal = (event: unknown): Promise<Error> =>
  handler(event as never).then(
    (answer) => expect.fail(`got ${JSON.stringify(answer)}`),
    (error: Error) => error,
  )

describe('estimateConcurrency', () => {
  it('gives 250 for the scenario of the text', async () => {
    const { rows, sum, limit, holds } = await handler({ functions: SCENARIO })

    expect(rows.map(({ concurrent }) => concurrent)).to.deep.equal([200, 20, 30])
    expect([sum, limit, holds]).to.deep.equal([250, 1000, true])
  })

  it("exceeds the book's throttle of 100", async () => {
    expect((await handler({ functions: SCENARIO, limit: 100 })).holds).to.equal(false)
    expect((await handler({ functions: SCENARIO, limit: 250 })).holds).to.equal(true)
  })

  it('adds fractions without an error behind the point', async () => {
    const functions = Array.from({ length: 3 }, (_, n) => ({ name: `f${n}`, eventsPerSecond: 1, seconds: 0.1 }))

    expect((await handler({ functions })).sum).to.equal(0.3)
  })

  for (const [event, message] of [
    [null, 'the event must be an object, but is null'],
    [{}, 'functions must be a list, but is missing'],
    [{ functions: [] }, 'functions must be a list, but is []'],
    [{ functions: [5] }, 'functions[0] must be an object, but is 5'],
    [{ functions: [{ eventsPerSecond: 1, seconds: 1 }] }, 'functions[0].name must be a text'],
    [
      { functions: [{ name: 'a', eventsPerSecond: '1', seconds: 1 }] },
      'functions[0].eventsPerSecond must be a number, but is "1"',
    ],
    [
      { functions: [{ name: 'a', eventsPerSecond: 1, seconds: 901 }] },
      'functions[0].seconds must be between 0 and 900, but is 901',
    ],
    [{ functions: SCENARIO, limit: 1.5 }, 'limit must be a whole number, but is 1.5'],
  ] as const)
    it(`refuses ${JSON.stringify(event)}`, async () => {
      expect((await refusal(event)).message).to.equal(message)
    })
})
