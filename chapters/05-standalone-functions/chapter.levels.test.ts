import { readFileSync } from 'node:fs'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'
import { canMakePictures, picture, seen, UPRIGHT } from '../../tests/pictures.ts'

const photo = readFileSync(new URL('../../events/photo.jpg', import.meta.url))
const pictures = 'local-123456789012-pictures'
const flipped = 'local-123456789012-flipped'

describe('Levels of service and flipped pictures of chapter 5 on the local cloud', () => {
  const cloud = withCloud({ chapter: '05' })
  const s3 = () => new S3Client({ ...cloud.config(), forcePathStyle: true })
  const upload = async (Key: string, Body: Uint8Array | string, Metadata: Record<string, string> = {}) => {
    await s3().send(new PutObjectCommand({ Bucket: pictures, Key, Body, Metadata }))
    await cloud.settled()
  }
  const download = async (Bucket: string, Key: string) => {
    const { Body, ContentType, Metadata } = await s3().send(new GetObjectCommand({ Bucket, Key }))
    return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), ContentType, Metadata }
  }
  const keys = async (Bucket: string) =>
    (await s3().send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key) ?? []
  const linesWith = (text: string) => cloud.lines.filter((line) => line.includes(text))

  for (const [level, name, memory] of [
    ['premium', 'CreateThumbnailPremium', 3008],
    ['basic', 'CreateThumbnailBasic', 1536],
  ] as const)
    it(`${name} makes the thumbnails of ${level}/, with ${memory} MB`, async () => {
      await upload(`${level}/a photo.jpg`, photo, { width: '64', title: 'Mona Lisa' })

      const thumbnail = await download(pictures, `thumbs/${level}/a photo.jpg`)
      expect(thumbnail.ContentType).to.equal('image/jpeg')
      expect(thumbnail.Metadata).to.deep.equal({ width: '64', title: 'Mona Lisa' })
      if (await canMakePictures()) expect(await seen(thumbnail.bytes)).to.include({ width: 64, height: 64 })
      expect(linesWith(`${name}: START`), told(cloud)).to.have.length(1)
      expect(linesWith(`${name}: REPORT`)[0]).to.contain(`Memory Size: ${memory} MB`)
      expect(linesWith('START RequestId')).to.have.length(level === 'premium' ? 1 : 2)
    })

  it('flipImage mirrors a picture into the second bucket, once', async function () {
    if (!(await canMakePictures())) this.skip()
    const before = linesWith('START RequestId').length
    const png = await picture('png')

    await upload('flip/quarters.png', png, { title: 'Quarters' })

    const once = await download(flipped, 'flip/quarters.png')
    expect([once.ContentType, once.Metadata]).to.deep.equal(['image/png', { title: 'Quarters' }])
    expect((await seen(once.bytes)).quarters).to.deep.equal(['blue', 'white', 'red', 'green'])
    expect(linesWith('START RequestId')).to.have.length(before + 1)

    await upload('flip/twice.png', once.bytes)

    const twice = await download(flipped, 'flip/twice.png')
    expect((await seen(twice.bytes)).quarters).to.deep.equal(UPRIGHT)
    expect(await pixels(twice.bytes)).to.deep.equal(await pixels(png))
    expect(await keys(flipped)).to.deep.equal(['flip/quarters.png', 'flip/twice.png'])
    expect(linesWith('START RequestId')).to.have.length(before + 2)
  })

  it('flipImage leaves what is no picture', async () => {
    await upload('flip/text.jpg', 'This is a text, whatever its name says.')

    expect(linesWith('flip/text.jpg: not flipped, as the file is neither JPEG, PNG, BMP nor TIFF')).to.have.length(1)
    expect(await keys(flipped)).not.to.include('flip/text.jpg')
  })
})

const pixels = async (file: Uint8Array) => (await import('sharp')).default(file).removeAlpha().raw().toBuffer()
