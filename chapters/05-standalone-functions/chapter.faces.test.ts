import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'
import { canMakePictures, seen } from '../../tests/pictures.ts'

const photo = readFileSync(new URL('../../events/photo.jpg', import.meta.url))
const landscape = readFileSync(new URL('./events/faceDetection.landscape/landscape.jpg', import.meta.url))
const bucket = 'local-123456789012-faces'

describe('Faces of chapter 5 on the local cloud', () => {
  const cloud = withCloud({ chapter: '05' })
  const s3 = () => new S3Client({ ...cloud.config(), forcePathStyle: true })
  const upload = (key: string, body: Uint8Array | string, to = bucket) =>
    s3().send(new PutObjectCommand({ Bucket: to, Key: key, Body: body, ContentType: 'image/jpeg' }))
  const keys = async (prefix = '') =>
    (await s3().send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))).Contents?.map(({ Key }) => Key) ??
    []
  const urlOf = (key: string, of = bucket) => `${cloud.cloud.url}/${of}/${key}`
  const invoke = async (FunctionName: string, event: unknown = {}) => {
    const Payload = JSON.stringify(event)
    const answer = await new LambdaClient(cloud.config()).send(new InvokeCommand({ FunctionName, Payload }))
    return JSON.parse(Buffer.from(answer.Payload ?? []).toString())
  }
  const detect = (imageUrl: string) => invoke('FaceDetection', { imageUrl })
  const DIGITS = (ago: number) => new Date(Date.now() - ago * 1000).toISOString().replace(/\D/g, '').slice(0, 14)

  describe('faceDetection', () => {
    it('stores the picture with a rectangle around the face, for everybody to see', async () => {
      await upload('samples/photo.jpg', photo)

      const { faces, outputUrl } = await detect(urlOf('samples/photo.jpg'))

      expect(faces, told(cloud)).to.equal(1)
      const key = outputUrl.slice(urlOf('').length)
      expect(key).to.match(/^tmp\/\d{14}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.jpg$/)
      expect(key.slice(4, 18) >= DIGITS(60) && key.slice(4, 18) <= DIGITS(0), key).to.equal(true)
      const answer = await fetch(outputUrl) // without a signature
      expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([200, 'image/jpeg'])
      const bytes = new Uint8Array(await answer.arrayBuffer())
      if (!(await canMakePictures())) return
      expect(await seen(bytes)).to.include({ format: 'jpeg', width: 512, height: 512 })
      expect(await brightness(bytes, 224, 67), 'the upper line').to.be.greaterThan(240)
      expect(await brightness(photo, 224, 67)).to.be.lessThan(200)
    })

    it('gives the address back when there is no face, and stores nothing', async () => {
      await upload('samples/landscape.jpg', landscape)
      const before = await keys('tmp/')

      const result = await detect(urlOf('samples/landscape.jpg'))

      expect(result).to.deep.equal({ faces: 0, outputUrl: urlOf('samples/landscape.jpg') })
      expect(await keys('tmp/')).to.deep.equal(before)
    })

    it('takes pictures of this machine from the public bucket alone', async () => {
      await upload('samples/photo.jpg', photo)
      await upload('samples/photo.jpg', photo, 'local-123456789012-pictures')
      for (const url of [
        urlOf('samples/photo.jpg', 'local-123456789012-pictures'),
        urlOf('../_console/'),
        urlOf('%2e%2e/local-123456789012-pictures/samples/photo.jpg'),
        `${cloud.cloud.url}/${bucket}`,
        `${cloud.cloud.url}/${bucket}.x/samples/photo.jpg`,
        urlOf('samples/photo.jpg').replace('127.0.0.1', 'localhost'),
        urlOf('samples/photo.jpg').replace('127.0.0.1', '[::ffff:127.0.0.1]'),
      ]) {
        const { errorType, errorMessage } = await detect(url)

        expect([errorType, errorMessage], url).to.deep.equal([
          'ForbiddenAddress',
          'the address does not lead to the public internet',
        ])
      }
    })

    it('says what is no picture, and what is not there', async () => {
      await upload('samples/text.jpg', 'This is a text, whatever its name says.')

      expect(await detect(urlOf('samples/text.jpg'))).to.include({
        errorType: 'NotAPicture',
        errorMessage: 'the file is neither JPEG, PNG, GIF nor BMP',
      })
      // To who may not list a bucket, S3 does not tell what is missing.
      expect(await detect(urlOf('samples/missing.jpg'))).to.include({
        errorType: 'BadStatus',
        errorMessage: 'the address was answered with the status 403',
      })
    })

    it('takes pictures from a host of its own, once the template allows it', async () => {
      const asked: (string | undefined)[] = []
      const server = createServer(({ url }, answer) => {
        asked.push(url)
        answer.end(photo)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
      try {
        expect(await detect(`http://${host}/photo.jpg`)).to.include({ errorType: 'ForbiddenAddress' })
        expect(asked).to.deep.equal([])

        await cloud.deploy((template) => {
          const allowed = template.replace(/(AllowedHosts:\n {4}Type: String\n {4}Default: )''/, `$1'other, ${host}'`)
          expect(allowed).not.to.equal(template)
          return allowed
        })

        expect(await detect(`http://${host}/photo.jpg`)).to.include({ faces: 1 })
        expect(await detect(`http://127.0.0.1:1/photo.jpg`)).to.include({ errorType: 'ForbiddenAddress' })
      } finally {
        server.close()
        await cloud.deploy((template) => template)
      }
    })

    it('says one fixed sentence when AWS refuses, and logs the cause', async () => {
      await upload('samples/photo.jpg', photo)
      await cloud.deploy((template) => template.replace(/(Faces\.Arn\}\/)tmp\/\*/, '$1other/*'))
      try {
        const { errorType, errorMessage } = await detect(urlOf('samples/photo.jpg'))

        expect([errorType, errorMessage]).to.deep.equal(['Error', 'the picture could not be searched for faces'])
        expect(cloud.lines.join('\n')).to.match(
          /FaceDetection: .*\tERROR\tAccessDenied: User: .* is not authorized to perform: s3:PutObject on resource/,
        )
      } finally {
        await cloud.deploy((template) => template)
      }
    })
  })

  describe('purgeBucketByPrefix', () => {
    const purge = () => invoke('PurgeBucketByPrefix', { 'detail-type': 'Scheduled Event' })

    it('deletes what is older than an hour, and nothing else', async () => {
      await purge()
      const old = [3602, 86_400, 400 * 86_400].map((ago) => `tmp/${DIGITS(ago)}-a.jpg`)
      const stays = [
        'other/20200101000000-a.jpg',
        'tmp/20991231235959-a.jpg',
        `tmp/${DIGITS(3500)}-a.jpg`,
        'tmp/notes.txt',
        'tmpx/20200101000000-a.jpg',
      ]
      for (const key of [...old, ...stays]) await upload(key, 'x')

      expect(await purge(), told(cloud)).to.equal('3 objects deleted')

      const left = await keys()
      for (const key of old) expect(left).not.to.include(key)
      expect(left).to.include.members(stays)
      expect(cloud.lines.join('\n')).to.contain('\tWARN\ttmp/notes.txt stays: its name holds no date')
      expect(await purge()).to.equal('0 objects deleted')
    })

    it('deletes all pages of the list', async () => {
      const all = Array.from({ length: 1100 }, (_, i) => `tmp/20260101000000-${i}.jpg`)
      for (let i = 0; i < all.length; i += 50) await Promise.all(all.slice(i, i + 50).map((key) => upload(key, 'x')))

      expect(await purge()).to.equal('1100 objects deleted')
      expect(await keys('tmp/20260101000000-')).to.deep.equal([])
    }).timeout(60_000)

    it('fails when an object cannot be deleted, so that it is seen', async () => {
      await upload('tmp/20260101000000-a.jpg', 'x')
      await cloud.deploy((template) => template.replace('Action: s3:DeleteObject', 'Action: s3:DeleteObjectTagging'))
      try {
        expect(await purge()).to.include({
          errorMessage: '1 objects could not be deleted: tmp/20260101000000-a.jpg, AccessDenied',
        })
      } finally {
        await cloud.deploy((template) => template)
      }
    })

    it('may list what lies under tmp/, and no more', async () => {
      const widened = (template: string) =>
        template.replace(/PREFIX: tmp\/\n {10}MAX_AGE/, 'PREFIX: t\n          MAX_AGE')
      await cloud.deploy(widened)
      try {
        const { errorType, errorMessage } = await purge()

        expect(errorType).to.equal('AccessDenied')
        expect(errorMessage).to.contain('is not authorized to perform: s3:ListBucket')
      } finally {
        await cloud.deploy((template) => template)
      }
    })
  })
})

/** The brightness of one pixel, 0 to 255. */
const brightness = async (file: Uint8Array, left: number, top: number): Promise<number> => {
  const { default: sharp } = await import('sharp')
  const { data } = await sharp(file)
    .extract({ left, top, width: 1, height: 1 })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return data[0] ?? 0
}
