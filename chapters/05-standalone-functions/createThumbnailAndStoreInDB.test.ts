import { expect } from 'chai'

process.env.TABLE ??= 'Images'
const { boxOf, decodeKey, handler } = await import('./createThumbnailAndStoreInDB.ts')

describe('createThumbnailAndStoreInDB', () => {
  for (const [sent, key] of [
    ['images/photo.jpg', 'images/photo.jpg'],
    ['images/Mona+Lisa.jpg', 'images/Mona Lisa.jpg'],
    ['images/1%2B1.jpg', 'images/1+1.jpg'],
    ['images/%C3%BCber+%28neu%29.png', 'images/über (neu).png'],
    ['images/100%25.gif', 'images/100%.gif'],
  ] as const)
    it(`decodes the key ${sent}`, () => {
      expect(decodeKey(sent)).to.equal(key)
    })

  for (const [metadata, box] of [
    [{}, [200, 200]],
    [{ width: '100', height: '50' }, [100, 50]],
    [{ width: '100' }, [100, 200]],
    [{ width: '0', height: '-5' }, [200, 200]],
    [{ width: 'wide', height: '' }, [200, 200]],
    [{ width: 'Infinity', height: '1e3' }, [200, 1000]],
  ] as const)
    it(`takes ${JSON.stringify(metadata)} as a box of ${box.join(' × ')}`, () => {
      expect(boxOf(metadata as Record<string, string>)).to.deep.equal({ width: box[0], height: box[1] })
    })

  for (const event of [null, {}, { Records: 'none' }, { Records: [{}] }, { Records: [{ s3: { bucket: {} } }] }])
    it(`refuses the event ${JSON.stringify(event)}`, async () => {
      const error = await handler(event as never).catch((error: Error) => error)

      expect(error).to.be.instanceOf(TypeError)
      expect((error as Error).message).to.equal('the event must be one of S3: { "Records": [{ "s3": { … } }] }')
    })
})
