import { expect } from 'chai'
import { handler } from './createThumbnail.ts'

describe('createThumbnail', () => {
  it('refuses an event that is not of S3', async () => {
    const error = await handler({ Records: [{ eventSource: 'aws:sqs' }] } as never).catch((error: Error) => error)

    expect(error).to.be.instanceOf(TypeError)
    expect((error as Error).message).to.equal('the event must be one of S3: { "Records": [{ "s3": { … } }] }')
  })
})
