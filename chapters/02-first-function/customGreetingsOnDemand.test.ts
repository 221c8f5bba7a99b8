import { expect } from 'chai'
import { logged } from '../../tests/console.ts'

const { handler } = (await logged(() => import('./customGreetingsOnDemand.ts'))).result

describe('customGreetingsOnDemand', () => {
  for (const [event, greeting] of [
    [{ greet: 'Hi', name: 'John' }, 'Hi John!'],
    [{ greet: 'Hi' }, 'Hi World!'],
    [{ name: 'John' }, 'Hello John!'],
    [{}, 'Hello World!'],
    [{ greet: ' ', name: '' }, 'Hello World!'],
  ] as const)
    it(`answers ${JSON.stringify(event)} with ${JSON.stringify(greeting)} (exercise)`, async () => {
      expect((await logged(() => handler(event))).result).to.equal(greeting)
    })

  it('logs the greeting before the name', async () => {
    const { lines } = await logged(() => handler({ greet: 'Hi', name: 'John' }))

    expect(lines.slice(1)).to.deep.equal(['greet = Hi', 'name = John', 'Hi John!'])
  })

  it('refuses a greeting that is no text', async () => {
    const error = await logged(() => handler({ greet: ['Hi'] } as never)).catch((error: Error) => error)

    expect((error as Error).message).to.equal('greet must be a string, but is ["Hi"]')
  })
})
