import { expect } from 'chai'
import { handler } from './sum.ts'

/** The error of a call that must be refused. */
const refusal = (event: unknown): Promise<Error> =>
  handler(event as never).then(
    (sum) => expect.fail(`got ${sum}`),
    (error: Error) => error,
  )

describe('sum', () => {
  it('adds two numbers (chapter 1)', async () => {
    expect(await handler({ value1: 10, value2: 20 })).to.equal(30)
  })

  it('does not join strings', async () => {
    const error = await refusal({ value1: '10', value2: '20' })

    expect(error).to.be.instanceOf(TypeError)
    expect(error.message).to.equal('value1 must be a number, but is "10"')
  })

  for (const [event, message] of [
    [{ value1: 10 }, 'value2 must be a number, but is missing'],
    [{ value2: 10 }, 'value1 must be a number, but is missing'],
    [{ value1: 1, value2: null }, 'value2 must be a number, but is null'],
    [{ value1: [1], value2: 1 }, 'value1 must be a number, but is [1]'],
    [null, 'value1 must be a number, but is missing'],
    ['text', 'value1 must be a number, but is missing'],
    [{ value1: 1e308, value2: 1e308 }, 'the sum of value1 and value2 is too large'],
  ] as const)
    it(`refuses ${JSON.stringify(event)}`, async () => {
      expect((await refusal(event)).message).to.equal(message)
    })
})
