import { expect } from 'chai'
import { logged } from '../../tests/console.ts'

const { handler } = (await logged(() => import('./greetingsOnDemand.ts'))).result

describe('greetingsOnDemand', () => {
  for (const [event, greeting] of [
    [{ name: 'John' }, 'Hello John!'],
    [{}, 'Hello World!'],
    [{ name: '' }, 'Hello World!'],
    [{ name: ' \t' }, 'Hello World!'],
    [{ name: null }, 'Hello World!'],
    [null, 'Hello World!'],
    [{ name: '"Ünï" \\ 🎉' }, 'Hello "Ünï" \\ 🎉!'],
  ] as const)
    it(`answers ${JSON.stringify(event)} with ${JSON.stringify(greeting)} (listing 2.1)`, async () => {
      expect((await logged(() => handler(event as never))).result).to.equal(greeting)
    })

  it('logs event, name and greeting in this order', async () => {
    const { lines } = await logged(() => handler({ name: 'John' }))

    expect(lines).to.deep.equal(['Received event: {\n  "name": "John"\n}', 'name = John', 'Hello John!'])
  })

  it('logs a name that is not given as undefined', async () => {
    const { lines } = await logged(() => handler({}))

    expect(lines).to.deep.equal(['Received event: {}', 'name = undefined', 'Hello World!'])
  })

  it('refuses a name that is no text', async () => {
    const error = await logged(() => handler({ name: 42 } as never)).catch((error: Error) => error)

    expect((error as Error).message).to.equal('name must be a string, but is 42')
  })
})
