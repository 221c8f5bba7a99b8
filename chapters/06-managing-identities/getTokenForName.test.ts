import { expect } from 'chai'

Object.assign(process.env, {
  POOL: 'us-east-1:12345678-dead-beef-cafe-123456790abc',
  PROVIDER: 'login.yourdomain.com',
  AWS_REGION: 'us-east-1',
})
const { handler } = await import('./getTokenForName.ts')

describe('getTokenForName', () => {
  for (const event of [
    null,
    {},
    { name: '' },
    { name: 'Alice' },
    { name: 'a b' },
    { name: 'a'.repeat(33) },
    { name: 'alice\n' },
    { name: '<b>' },
    { name: 42 },
    { name: ['alice'] },
  ])
    it(`refuses ${JSON.stringify(event)}`, async () => {
      const error = await handler(event).catch((error: Error) => error)

      expect(error).to.be.instanceOf(Error)
      expect(error).to.include({
        name: 'InvalidName',
        message: 'name must be 1 to 32 characters of a to z, 0 to 9 and -',
      })
    })
})
