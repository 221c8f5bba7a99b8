import { expect } from 'chai'
import { handler } from './logMessage.ts'

describe('logMessage', () => {
  it('refuses an event without a message', async () => {
    const error = await handler({}).catch((error: Error) => error)

    expect(error).to.be.instanceOf(TypeError)
    expect((error as Error).message).to.equal('message must be a string, but is missing')
  })

  it('refuses a message that is no text', async () => {
    const error = await handler({ message: 42 } as never).catch((error: Error) => error)

    expect((error as Error).message).to.equal('message must be a string, but is 42')
  })
})
