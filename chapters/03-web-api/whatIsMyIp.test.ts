import { expect } from 'chai'
import { handler } from './whatIsMyIp.ts'

describe('whatIsMyIp', () => {
  for (const myip of ['1.1.1.1', '2001:db8::7', 'test-invoke-source-ip'])
    it(`returns ${myip} (listing 3.1)`, async () => {
      expect(await handler({ myip })).to.equal(myip)
    })

  for (const [event, given] of [
    [{}, 'undefined'],
    [null, 'undefined'],
    [{ myip: '' }, '""'],
    [{ myip: 1 }, '1'],
  ] as const)
    it(`refuses ${JSON.stringify(event)}`, async () => {
      const error = await handler(event as never).catch((error: Error) => error)

      expect(error).to.be.instanceOf(TypeError)
      expect((error as Error).message).to.equal(`myip must be an address, but is ${given}`)
    })
})
