import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import fc from 'fast-check'
import { refusalOf } from '../../../tests/refusal.ts'
import { withS3 } from '../../../tests/s3.ts'

const Bucket = 'lists'
const KEYS = ['a', 'a/1', 'a/2', 'a/b/1', 'b', 'b c+d', 'c/1', 'é', '\uffee', '\u{1f600}']

describe('lists', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
    for (const Key of KEYS) await s3.send(new S.PutObjectCommand({ Bucket, Key, Body: Key }))
  })
  const v2 = (input: Partial<S.ListObjectsV2CommandInput> = {}) =>
    s3.send(new S.ListObjectsV2Command({ Bucket, ...input }))
  const v1 = (input: Partial<S.ListObjectsCommandInput> = {}) => s3.send(new S.ListObjectsCommand({ Bucket, ...input }))
  const keys = ({ Contents = [] }: Pick<S.ListObjectsV2CommandOutput, 'Contents'>) => Contents.map(({ Key }) => Key)
  const prefixes = ({ CommonPrefixes = [] }: Pick<S.ListObjectsV2CommandOutput, 'CommonPrefixes'>) =>
    CommonPrefixes.map(({ Prefix }) => Prefix)

  it('are in the order of UTF-8, not of JavaScript', async () => {
    const listed = await v2()

    expect(keys(listed)).to.deep.equal(KEYS)
    expect(listed).to.include({ Name: Bucket, KeyCount: 10, MaxKeys: 1000, IsTruncated: false, Prefix: '' })
  })

  it('tell of an object what S3 tells', async () => {
    const { Contents } = await v2({ Prefix: 'b c', FetchOwner: true })
    const { Contents: first } = await v1({ Prefix: 'b c' })

    expect(Contents?.[0]).to.deep.include({
      Key: 'b c+d',
      ETag: '"76e0cc24ed34286863e0bb76f93b07d1"',
      Size: 5,
      StorageClass: 'STANDARD',
      ChecksumAlgorithm: ['CRC32'],
      ChecksumType: 'FULL_OBJECT',
    })
    expect(Contents?.[0]?.Owner?.ID).to.match(/^[0-9a-f]{64}$/)
    expect(first).to.deep.equal(Contents)
  })

  it('fold what lies behind a delimiter', async () => {
    const top = await v2({ Delimiter: '/' })
    const below = await v2({ Delimiter: '/', Prefix: 'a/' })
    const word = await v2({ Delimiter: 'b/' })

    expect([keys(top), prefixes(top)]).to.deep.equal([KEYS.filter((key) => !key.includes('/')), ['a/', 'c/']])
    expect(top.KeyCount).to.equal(8)
    expect([keys(below), prefixes(below)]).to.deep.equal([['a/1', 'a/2'], ['a/b/']])
    expect(prefixes(word)).to.deep.equal(['a/b/'])
  })

  it('begin after a key', async () => {
    const after = await v2({ StartAfter: 'a/2' })
    const within = await v2({ StartAfter: 'a/1', Delimiter: '/' })
    const past = await v2({ StartAfter: '\u{10ffff}' })

    expect(keys(after)[0]).to.equal('a/b/1')
    expect(after.StartAfter).to.equal('a/2')
    expect(prefixes(within)).to.deep.equal(['a/', 'c/'])
    expect(past.KeyCount).to.equal(0)
  })

  it('go on from a token', async () => {
    const first = await v2({ MaxKeys: 3, Delimiter: '/' })
    const second = await v2({ MaxKeys: 3, Delimiter: '/', ContinuationToken: first.NextContinuationToken })

    expect(first).to.include({ IsTruncated: true, KeyCount: 3 })
    expect([keys(first), prefixes(first)]).to.deep.equal([['a', 'b'], ['a/']])
    expect([keys(second), prefixes(second)]).to.deep.equal([['b c+d', 'é'], ['c/']])
    expect(second.ContinuationToken).to.equal(first.NextContinuationToken)
  })

  it('of version 1 go on from a marker', async () => {
    const first = await v1({ MaxKeys: 2, Delimiter: '/' })
    const second = await v1({ MaxKeys: 2, Delimiter: '/', Marker: first.NextMarker })
    const plain = await v1({ MaxKeys: 2 })

    expect([keys(first), prefixes(first), first.NextMarker]).to.deep.equal([['a'], ['a/'], 'a/'])
    expect([keys(second), prefixes(second)]).to.deep.equal([['b', 'b c+d'], []])
    expect(plain.IsTruncated).to.equal(true)
    expect(plain.NextMarker).to.equal(undefined)
  })

  it('write keys percent-encoded where that is asked', async () => {
    const listed = await v2({ EncodingType: 'url', Prefix: 'b c', StartAfter: 'b b' })

    expect(keys(listed)).to.deep.equal(['b+c%2Bd'])
    expect(listed).to.include({ EncodingType: 'url', Prefix: 'b+c', StartAfter: 'b+b' })
  })

  it('may hold nothing', async () => {
    const none = await v2({ MaxKeys: 0 })
    const unknown = await v2({ Prefix: 'zzz' })

    expect(none).to.include({ KeyCount: 0, MaxKeys: 0, IsTruncated: false })
    expect(unknown).to.include({ KeyCount: 0, IsTruncated: false })
  })

  const wrong: [input: Partial<S.ListObjectsV2CommandInput>, message: string][] = [
    [{ MaxKeys: -1 }, 'Argument maxKeys must be an integer between 0 and 2147483647'],
    [{ EncodingType: 'base64' as 'url' }, 'Invalid Encoding Method specified in Request'],
    [{ ContinuationToken: 'nonsense' }, 'The continuation token provided is incorrect'],
  ]
  for (const [input, message] of wrong)
    it(`refuse ${JSON.stringify(input)}`, async () => {
      const refused = await refusalOf(v2(input))

      expect(refused).to.deep.equal({ name: 'InvalidArgument', message, status: 400 })
    })

  it('hold each key once, however they are paged, while others come and go', async () => {
    const other = 'lists-model'
    await s3.send(new S.CreateBucketCommand({ Bucket: other }))
    const all = Array.from({ length: 40 }, (_, i) => `${i % 3 ? 'x/' : ''}${i % 5 ? 'y/' : ''}${i}`)
    for (const Key of all) await s3.send(new S.PutObjectCommand({ Bucket: other, Key, Body: '' }))
    const sorted = (list: string[]) => [...list].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    let round = 0

    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom('', 'x/', 'x/y/', 'y', 'z'),
        fc.constantFrom('', '/', 'y/'),
        async (MaxKeys, Prefix, Delimiter) => {
          const shown: string[] = []
          let ContinuationToken: string | undefined

          do {
            const page: S.ListObjectsV2CommandOutput = await s3.send(
              new S.ListObjectsV2Command({ Bucket: other, MaxKeys, Prefix, Delimiter, ContinuationToken }),
            )
            shown.push(...keys(page).map(String), ...prefixes(page).map(String))
            ContinuationToken = page.NextContinuationToken
            // A key behind all others, there for a moment: lists do not go by numbers.
            const passing = { Bucket: other, Key: `${Prefix}zz${round++}` }
            await s3.send(new S.PutObjectCommand({ ...passing, Body: '' }))
            await s3.send(new S.DeleteObjectCommand(passing))
          } while (ContinuationToken)

          const expected = new Set(
            all
              .filter((key) => key.startsWith(Prefix))
              .map((key) => {
                const at = Delimiter ? key.indexOf(Delimiter, Prefix.length) : -1
                return at < 0 ? key : key.slice(0, at + Delimiter.length)
              }),
          )
          expect(sorted(shown)).to.deep.equal(sorted([...expected]))
        },
      ),
      { numRuns: 25 },
    )
  })
})
