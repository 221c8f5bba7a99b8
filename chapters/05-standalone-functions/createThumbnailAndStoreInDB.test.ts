import { expect } from 'chai'

process.env.TABLE ??= 'Images'
const { handler } = await import('./createThumbnailAndStoreInDB.ts')

describe('createThumbnailAndStoreInDB', () => {
  for (const event of [null, {}, { Records: 'none' }, { Records: [{}] }, { Records: [{ s3: { bucket: {} } }] }])
    it(`refuses the event ${JSON.stringify(event)}`, async () => {
      const error = await handler(event as never).catch((error: Error) => error)

      expect(error).to.be.instanceOf(TypeError)
      expect((error as Error).message).to.equal('the event must be one of S3: { "Records": [{ "s3": { … } }] }')
    })
})
