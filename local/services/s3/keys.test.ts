import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import fc from 'fast-check'
import { refusalOf } from '../../../tests/refusal.ts'
import { withS3 } from '../../../tests/s3.ts'
import { leadsOut } from './names.ts'

const Bucket = 'keys'

describe('keys of objects', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
  })
  const put = (Key: string, Body: string) => s3.send(new S.PutObjectCommand({ Bucket, Key, Body }))
  const text = async (Key: string) => (await s3.send(new S.GetObjectCommand({ Bucket, Key }))).Body?.transformToString()

  // Keys are any UTF-8 of 1 to 1,024 bytes.
  const keys = [
    'a b',
    'a+b',
    'a%20b',
    '%',
    'ä/ö ü',
    '漢字.png',
    '\u{1f600}',
    'a/../b',
    'a/b/../../c',
    '..a/.../b..',
    './a',
    '.',
    '/a',
    '//',
    'a//b',
    'a/',
    '/',
    '\\',
    'a?b=c&d',
    'a#b',
    'a:b',
    '*',
    '\'"<>&;',
    '\u0001\u001f\u007f',
    '\n\r\t',
    'é',
    'e\u0301',
    'constructor',
    '__proto__',
    'x'.repeat(1024),
    '漢'.repeat(341),
  ]
  for (const key of keys)
    it(`keeps the key ${JSON.stringify(key).slice(0, 40)}`, async () => {
      await put(key, key)

      const read = await text(key)
      const listed = await s3.send(new S.ListObjectsV2Command({ Bucket, Prefix: key, EncodingType: 'url' }))
      await s3.send(new S.DeleteObjectCommand({ Bucket, Key: key }))
      const gone = await refusalOf(s3.send(new S.HeadObjectCommand({ Bucket, Key: key })))

      expect(read).to.equal(key)
      const names = listed.Contents?.map((one) => decodeURIComponent((one.Key ?? '').replaceAll('+', ' ')))
      expect(names).to.include(key)
      expect(gone.status).to.equal(404)
    })

  it('keeps any key apart from any other', async () => {
    const key = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 60 })
      .filter((one) => one.isWellFormed() && !leadsOut(one))

    await fc.assert(
      fc.asyncProperty(key, async (one) => {
        await put(one, `bytes of ${one}`)

        expect(await text(one)).to.equal(`bytes of ${one}`)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses a key of more than 1,024 bytes', async () => {
    for (const Key of ['x'.repeat(1025), '漢'.repeat(342)]) {
      const refused = await refusalOf(put(Key, ''))

      expect(refused).to.deep.equal({ name: 'KeyTooLongError', message: 'Your key is too long', status: 400 })
    }
  })

  // "Naming Amazon S3 objects": read from the left, there must never be more `..` than names before them.
  it('refuses a key that leads above its bucket', async () => {
    for (const Key of ['..', '../a', '../../etc/passwd', 'a/../../b', './../a', 'a//../../b']) {
      const refusedPut = await refusalOf(put(Key, ''))
      const refusedGet = await refusalOf(text(Key))

      const refused = { name: 'InvalidURI', message: "Couldn't parse the specified URI.", status: 400 }
      expect([refusedPut, refusedGet]).to.deep.equal([refused, refused])
    }
  })
})
