import { expect } from 'chai'

const { handler } = (await import(process.env.EXERCISE ?? './starter.ts')) as {
  handler: (event: unknown) => Promise<unknown>
}

/** The message of the error that an event must cause. */
const refused = async (event: unknown): Promise<string> => {
  const outcome = await handler(event).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome) return String((outcome.error as Error)?.message ?? outcome.error)
  throw new Error(
    `expected an error for ${JSON.stringify(event)}, but got the result ${JSON.stringify(outcome.result)}\n` +
      'Look at: README.md beside your file, points 2 and 3',
  )
}

describe('sum', () => {
  it('adds two numbers', async () => {
    expect(await handler({ value1: 10, value2: 20 })).to.equal(30)
  })

  it('adds fractions and negative numbers', async () => {
    expect(await handler({ value1: 0.5, value2: -2.25 })).to.equal(-1.75)
  })

  it('adds zero: a zero is a number too', async () => {
    expect(await handler({ value1: 0, value2: 0 })).to.equal(0)
  })

  it('refuses text and names the field', async () => {
    expect(await refused({ value1: '10', value2: 20 })).to.contain('value1')
    expect(await refused({ value1: 10, value2: '20' })).to.contain('value2')
  })

  it('refuses a missing value and names the field', async () => {
    expect(await refused({ value1: 10 })).to.contain('value2')
  })

  it('refuses what is no finite number', async () => {
    expect(await refused({ value1: null, value2: 1 })).to.contain('value1')
    expect(await refused({ value1: 1, value2: Number.NaN })).to.contain('value2')
  })
})
