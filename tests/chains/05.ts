import { readFileSync } from 'node:fs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { imageSize } from 'image-size'
import type { Chain, Deployed } from './chain.ts'
import { expectError, expectResult, invoke } from './functions.ts'

const photo = readFileSync(new URL('../../events/photo.jpg', import.meta.url))
const METADATA = {
  author: 'John Doe',
  title: 'Mona Lisa',
  description: 'Nice portrait!',
  width: '100',
  height: '100',
}

const s3 = ({ config }: Deployed) => new S3Client({ ...config, forcePathStyle: config.endpoint !== undefined })

const upload = (deployed: Deployed, bucket: string, key: string, body: Uint8Array | string, metadata = {}) =>
  s3(deployed).send(
    new PutObjectCommand({
      Bucket: deployed.physicalId(bucket),
      Key: key,
      Body: body,
      ContentType: 'image/jpeg',
      Metadata: metadata,
    }),
  )

/** The object, as soon as it is there. */
const object = (deployed: Deployed, bucket: string, Key: string) =>
  deployed.eventually(Key, () =>
    s3(deployed)
      .send(new GetObjectCommand({ Bucket: deployed.physicalId(bucket), Key }))
      .catch((error: Error) => {
        if (error.name === 'NoSuchKey' || error.name === 'NotFound') return undefined
        throw error
      }),
  )

const keys = async (deployed: Deployed, bucket: string, Prefix: string): Promise<string[]> => {
  const list = new ListObjectsV2Command({ Bucket: deployed.physicalId(bucket), Prefix })
  return ((await s3(deployed).send(list)).Contents ?? []).map(({ Key = '' }) => Key)
}

const item = (deployed: Deployed, name: string) =>
  deployed.eventually(`the item ${name}`, async () => {
    const table = DynamoDBDocumentClient.from(new DynamoDBClient(deployed.config))
    return (await table.send(new GetCommand({ TableName: deployed.physicalId('Images'), Key: { name } }))).Item
  })

const pictureIn = async (found: { Body?: { transformToByteArray(): Promise<Uint8Array> } }) =>
  imageSize((await found.Body?.transformToByteArray()) ?? new Uint8Array())

/** Where everybody reads an object of the bucket with faces. */
const address = ({ config, physicalId }: Deployed, key: string): string =>
  config.endpoint
    ? `${config.endpoint}/${physicalId('Faces')}/${key}`
    : `https://${physicalId('Faces')}.s3.${config.region}.amazonaws.com/${key}`

/** An event as S3 sends it, as far as the functions read it. */
const uploaded = (bucket: string, key: string) => ({
  Records: [{ eventSource: 'aws:s3', s3: { bucket: { name: bucket }, object: { key } } }],
})

/** Chapter 5: what happens when pictures go up, and faces are looked for. */
export const chain: Chain = [
  {
    title: 'makes the thumbnail of an uploaded picture and stores its item',
    async run(deployed) {
      await upload(deployed, 'Pictures', 'images/photo.jpg', photo, METADATA)

      const thumbnail = await object(deployed, 'Pictures', 'thumbs/images/photo.jpg')
      expect(thumbnail.ContentType).to.equal('image/jpeg')
      expect(thumbnail.Metadata).to.deep.equal(METADATA)
      expect(await pictureIn(thumbnail)).to.include({ type: 'jpg', width: 100, height: 100 })
      const { timestamp, ...rest } = await item(deployed, 'images/photo.jpg')
      expect(rest).to.deep.equal({
        name: 'images/photo.jpg',
        thumbnail: 'thumbs/images/photo.jpg',
        author: 'John Doe',
        title: 'Mona Lisa',
        description: 'Nice portrait!',
      })
      expect(timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    },
  },
  {
    title: 'handles a key with spaces, plus signs and Unicode',
    async run(deployed) {
      const key = 'images/été 1+1 (100%)/ü 🎉.jpg'

      await upload(deployed, 'Pictures', key, photo)

      await object(deployed, 'Pictures', `thumbs/${key}`)
      expect(await item(deployed, key)).to.include({ name: key, thumbnail: `thumbs/${key}` })
    },
  },
  {
    title: 'makes thumbnails by the level of service, and leaves what is no picture',
    async run(deployed) {
      await upload(deployed, 'Pictures', 'premium/text.jpg', 'This is a text, whatever its name says.')
      await upload(deployed, 'Pictures', 'premium/photo.jpg', photo)
      await upload(deployed, 'Pictures', 'basic/photo.jpg', photo)

      await object(deployed, 'Pictures', 'thumbs/premium/photo.jpg')
      await object(deployed, 'Pictures', 'thumbs/basic/photo.jpg')
      expect(await keys(deployed, 'Pictures', 'thumbs/premium/text')).to.deep.equal([])
    },
  },
  {
    title: 'lets each level of service read its own pictures only',
    run: (deployed) =>
      expectError(deployed, 'CreateThumbnailBasic', uploaded(deployed.physicalId('Pictures'), 'premium/photo.jpg'), {
        errorType: 'AccessDenied',
      }),
  },
  {
    title: 'mirrors a picture into the second bucket',
    async run(deployed) {
      await upload(deployed, 'Pictures', 'flip/photo.jpg', photo)

      const { width, height } = imageSize(photo)
      const flipped = await pictureIn(await object(deployed, 'Flipped', 'flip/photo.jpg'))
      expect(flipped).to.include({ type: 'jpg', width, height })
    },
  },
  {
    title: 'finds a face and shows it to everybody',
    async run(deployed) {
      await upload(deployed, 'Faces', 'samples/photo.jpg', photo)

      const { error, result } = await invoke(deployed, 'FaceDetection', {
        imageUrl: address(deployed, 'samples/photo.jpg'),
      })

      expect(error, JSON.stringify(result)).to.equal(undefined)
      const { faces, outputUrl } = result as { faces: number; outputUrl: string }
      expect(faces).to.equal(1)
      const page = await fetch(outputUrl)
      expect(page.status).to.equal(200)
      expect(page.headers.get('content-type')).to.equal('image/jpeg')
    },
  },
  {
    title: 'deletes pictures of faces that are older than an hour, and no others',
    async run(deployed) {
      const old = 'tmp/20200101000000-0b8b6c0e-4f0a-4c55-9d3f-0f8f1a0f2f11.jpg'
      const young = 'tmp/29990101000000-5d7a1f9c-2b64-4f0b-8f0e-3a9d6f1f0a22.jpg'
      await upload(deployed, 'Faces', old, photo)
      await upload(deployed, 'Faces', young, photo)

      await expectResult(deployed, 'PurgeBucketByPrefix', {}, '1 objects deleted')

      const left = await keys(deployed, 'Faces', 'tmp/')
      expect(left).to.include(young)
      expect(left).not.to.include(old)
    },
  },
]
