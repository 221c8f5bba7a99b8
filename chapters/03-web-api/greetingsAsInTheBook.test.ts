import { expect } from 'chai'
import { handler } from './greetingsAsInTheBook.ts'

describe('greetingsAsInTheBook', () => {
  for (const [event, greeting] of [
    [{ name: 'John' }, 'Hello John!'],
    [{ name: '' }, 'Hello !'],
    [{}, 'Hello World!'],
    [null, 'Hello World!'],
  ] as const)
    it(`answers ${JSON.stringify(event)} with "${greeting}" (section 3.5)`, async () => {
      expect(await handler(event)).to.equal(greeting)
    })

  it('refuses a name that is no text', async () => {
    const error = await handler({ name: 42 } as never).catch((error: Error) => error)

    expect((error as Error).message).to.equal('name must be a string, but is 42')
  })
})
