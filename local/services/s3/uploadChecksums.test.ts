import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { uploader, withS3 } from '../../../tests/s3.ts'

const Bucket = 'upload-checksums'
const MB = 1024 ** 2
const first = Buffer.alloc(5 * MB, 'first')
const last = Buffer.from('the end')

describe('checksums of multipart uploads', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
  })
  const { begin, upload, complete, bytesOf } = uploader(() => s3, Bucket)
  const sums: [algorithm: S.ChecksumAlgorithm, type: S.ChecksumType][] = [
    ['CRC32', 'COMPOSITE'],
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT'],
    ['CRC64NVME', 'FULL_OBJECT'],
    ['SHA1', 'COMPOSITE'],
    ['SHA256', 'COMPOSITE'],
  ]
  for (const [ChecksumAlgorithm, ChecksumType] of sums)
    it(`have a checksum ${ChecksumAlgorithm}, ${ChecksumType}`, async () => {
      const member = `Checksum${ChecksumAlgorithm}` as 'ChecksumCRC32'
      const Key = `${ChecksumAlgorithm} ${ChecksumType}`
      const begun = await begin(Key, { ChecksumAlgorithm, ChecksumType })
      const one = await upload(begun, 1, first, { ChecksumAlgorithm })
      const two = await upload(begun, 2, last, { ChecksumAlgorithm })

      const done = await complete(begun, [one, two])
      const put = await s3.send(
        new S.PutObjectCommand({ Bucket, Key: 'put', Body: Buffer.concat([first, last]), ChecksumAlgorithm }),
      )
      const read = await bytesOf(Key) // the client checks it
      const parts = await s3.send(
        new S.GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['ObjectParts', 'Checksum'] }),
      )

      if (ChecksumType === 'FULL_OBJECT') expect(done[member]).to.equal(put[member])
      else expect(done[member]).to.match(/-2$/)
      expect(done.ChecksumType).to.equal(ChecksumType)
      expect(read.length).to.equal(5 * MB + last.length)
      // S3 tells the parts of a composite checksum only, in lists as one by one.
      const composite = ChecksumType === 'COMPOSITE'
      expect(parts.ObjectParts?.TotalPartsCount).to.equal(2)
      expect(parts.ObjectParts?.Parts?.map((part) => part[member])).to.deep.equal(
        composite ? [one[member], two[member]] : undefined,
      )
      const second = await s3.send(new S.GetObjectCommand({ Bucket, Key, PartNumber: 2, ChecksumMode: 'ENABLED' }))
      expect(second[member]).to.equal(composite ? two[member] : undefined)
      expect(await second.Body?.transformToString()).to.equal('the end') // the client checks it
      expect(parts.Checksum?.ChecksumType).to.equal(ChecksumType)
    })

  it('of one part are told as of this part, and as of the whole', async () => {
    const begun = await begin('single', { ChecksumAlgorithm: 'SHA256' })
    const one = await upload(begun, 1, 'bytes', { ChecksumAlgorithm: 'SHA256' })
    const done = await complete(begun, [one])

    const whole = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'single', ChecksumMode: 'ENABLED' }))
    const part = await s3.send(
      new S.HeadObjectCommand({ Bucket, Key: 'single', PartNumber: 1, ChecksumMode: 'ENABLED' }),
    )

    expect(whole.ChecksumSHA256).to.equal(done.ChecksumSHA256)
    expect([part.ChecksumSHA256, part.ChecksumType]).to.deep.equal([one.ChecksumSHA256, 'COMPOSITE'])
  })

  it('of the whole object need none of the parts', async () => {
    const begun = await begin('computed', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' })
    const client = t.client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
    const { ETag } = await client.send(new S.UploadPartCommand({ ...begun, PartNumber: 1, Body: 'bytes' }))

    const done = await complete(begun, [{ PartNumber: 1, ETag }])
    const put = await s3.send(new S.PutObjectCommand({ Bucket, Key: 'put', Body: 'bytes', ChecksumAlgorithm: 'CRC32' }))

    expect(done.ChecksumCRC32).to.equal(put.ChecksumCRC32)
  })

  it('refuse checksums that do not fit', async () => {
    const begun = await begin('sha', { ChecksumAlgorithm: 'SHA256' })
    const { ChecksumSHA256: _, ...part } = await upload(begun, 1, 'x', { ChecksumAlgorithm: 'SHA256' })

    const mixed = await refusalOf(upload(begun, 1, 'x', { ChecksumAlgorithm: 'CRC32' }))
    const missing = await refusalOf(complete(begun, [part]))
    const full = await refusalOf(begin('sha', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }))
    const composite = await refusalOf(begin('crc', { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }))

    const alone = await refusalOf(begin('none', { ChecksumType: 'COMPOSITE' }))

    expect(alone).to.deep.equal({
      name: 'InvalidRequest',
      message: 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
      status: 400,
    })
    expect(mixed).to.deep.equal({
      name: 'InvalidRequest',
      message: 'Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32',
      status: 400,
    })
    expect(missing.message).to.equal(
      'The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.',
    )
    expect(full.message).to.equal('The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.')
    expect(composite.message).to.equal(
      'The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.',
    )
  })
})
