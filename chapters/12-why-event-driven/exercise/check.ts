import { expect } from 'chai'

interface Answer {
  rows: { name: string; concurrent: number }[]
  sum: number
  holds: boolean
}
const { handler } = (await import(process.env.EXERCISE ?? './starter.ts')) as {
  handler: (event: unknown) => Promise<Answer>
}
const where = (points: string) => `look at README.md beside your file, ${points}`

const SCENARIO = [
  { name: 'picturesNearMe', eventsPerSecond: 1000, seconds: 0.2 },
  { name: 'contentUpdated', eventsPerSecond: 10, seconds: 2 },
  { name: 'updateContentIndex', eventsPerSecond: 10, seconds: 3 },
]

describe('estimateConcurrency', () => {
  it('multiplies what comes by what it takes', async () => {
    const { rows } = await handler({ functions: SCENARIO })

    expect(
      rows.map(({ concurrent }) => concurrent),
      where('the table'),
    ).to.deep.equal([200, 20, 30])
  })

  it('adds up', async () => {
    expect((await handler({ functions: SCENARIO })).sum, where('the table')).to.equal(250)
  })

  for (const [limit, holds] of [
    [249, false],
    [250, true],
    [undefined, true],
  ] as const)
    it(`says whether ${limit ?? 'the usual limit'} holds`, async () => {
      expect((await handler({ functions: SCENARIO, limit })).holds, where('point 2')).to.equal(holds)
    })

  it('adds fractions without an error', async () => {
    const functions = ['a', 'b', 'c'].map((name) => ({ name, eventsPerSecond: 1, seconds: 0.1 }))

    expect((await handler({ functions })).sum, where('point 3')).to.equal(0.3)
  })

  for (const [field, value] of [
    ['eventsPerSecond', '10'],
    ['eventsPerSecond', -1],
    ['seconds', undefined],
    ['seconds', Number.NaN],
  ] as const)
    it(`refuses ${field} ${JSON.stringify(value) ?? 'missing'}`, async () => {
      const functions = [{ ...SCENARIO[0], [field]: value }]

      const answer = await handler({ functions }).then(
        () => 'an answer',
        ({ message }: Error) => message,
      )

      expect(answer, `the error; ${where('point 4')}`).to.contain(field)
    })
})
