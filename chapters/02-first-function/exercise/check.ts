import { format } from 'node:util'
import { expect } from 'chai'

const lines: string[] = []
const { log } = console
/** Runs what logs, and keeps its lines instead of printing them. */
const quietly = async <T>(run: () => Promise<T>): Promise<T> => {
  lines.length = 0
  console.log = (...values) => lines.push(format(...values))
  try {
    return await run()
  } finally {
    console.log = log
  }
}
const { handler } = await quietly(
  async () =>
    (await import(process.env.EXERCISE ?? './starter.ts')) as { handler: (event: unknown) => Promise<unknown> },
)

/** What the function answers to an event. */
const answer = (event: unknown) => quietly(() => handler(event))
const where = (points: string) => `look at README.md beside your file, ${points}`

describe('customGreetingsOnDemand', () => {
  it('greets with both fields', async () => {
    expect(await answer({ greet: 'Hi', name: 'John' }), where('the table')).to.equal('Hi John!')
  })

  it('greets with a greeting only', async () => {
    expect(await answer({ greet: 'Hi' }), where('the table')).to.equal('Hi World!')
  })

  it('greets with a name only', async () => {
    expect(await answer({ name: 'John' }), where('the table')).to.equal('Hello John!')
  })

  it('greets with nothing', async () => {
    expect(await answer({}), where('the table')).to.equal('Hello World!')
  })

  it('takes an empty or blank field as not given', async () => {
    expect(await answer({ greet: '', name: ' ' }), where('point 2')).to.equal('Hello World!')
    expect(await answer({ greet: 'Hi', name: '' }), where('point 2')).to.equal('Hi World!')
  })

  it('logs the greeting before the name', async () => {
    await answer({ greet: 'Hi', name: 'John' })

    const told = lines.filter((line) => /^(greet|name) =/.test(line))
    expect(told, where('point 3')).to.deep.equal(['greet = Hi', 'name = John'])
  })
})
