import { expect } from 'chai'
import { modelNamed, requestLine as request } from './fixture.ts'
import { match } from './match.ts'
import { read } from './read.ts'
import type { Model } from './types.ts'

describe('match', () => {
  describe('S3', () => {
    let s3: Model
    before(async () => {
      s3 = await modelNamed('s3')
    })
    const nameOf = (line: string, headers = {}, bucket = 'b') =>
      match(s3, request(line, headers, bucket))?.operation.name

    const cases: [line: string, operation: string, headers?: Record<string, string>, bucket?: string][] = [
      ['GET /', 'ListBuckets', {}, ''],
      ['GET /?x-id=ListDirectoryBuckets', 'ListDirectoryBuckets', {}, ''],
      ['GET /', 'ListObjects'],
      ['GET /?prefix=a', 'ListObjects'],
      ['GET /?list-type=2', 'ListObjectsV2'],
      ['GET /?list-type=1', 'ListObjects'],
      ['GET /?location', 'GetBucketLocation'],
      ['GET /?location=', 'GetBucketLocation'],
      ['GET /?versions', 'ListObjectVersions'],
      ['GET /?uploads', 'ListMultipartUploads'],
      ['HEAD /', 'HeadBucket'],
      ['PUT /', 'CreateBucket'],
      ['PUT /?policy', 'PutBucketPolicy'],
      ['DELETE /', 'DeleteBucket'],
      ['POST /?delete', 'DeleteObjects'],
      ['GET /k', 'GetObject'],
      ['GET /k?versionId=1', 'GetObject'],
      ['GET /k?acl', 'GetObjectAcl'],
      ['GET /k?tagging', 'GetObjectTagging'],
      ['GET /k?attributes', 'GetObjectAttributes', { 'x-amz-object-attributes': 'ETag' }],
      ['GET /k?uploadId=u', 'ListParts'],
      ['HEAD /k', 'HeadObject'],
      ['PUT /k', 'PutObject'],
      ['PUT /k?x-id=PutObject', 'PutObject'],
      ['PUT /k', 'CopyObject', { 'x-amz-copy-source': 'a/b' }],
      ['PUT /k?x-id=PutObject', 'CopyObject', { 'x-amz-copy-source': 'a/b' }],
      ['PUT /k?partNumber=1&uploadId=u', 'UploadPart'],
      ['PUT /k?partNumber=1&uploadId=u', 'UploadPartCopy', { 'x-amz-copy-source': 'a/b' }],
      ['POST /k?uploads', 'CreateMultipartUpload'],
      ['POST /k?uploadId=u', 'CompleteMultipartUpload'],
      ['DELETE /k?uploadId=u', 'AbortMultipartUpload'],
      ['DELETE /k', 'DeleteObject'],
      ['POST /k?select&select-type=2', 'SelectObjectContent'],
    ]
    for (const [line, operation, headers, bucket] of cases)
      it(`${line} ${headers ? Object.keys(headers) : ''} is ${operation}`, () =>
        expect(nameOf(line, headers, bucket)).to.equal(operation))

    it('knows no operation for the rest', () => {
      expect(nameOf('PATCH /k')).to.equal(undefined)
      expect(nameOf('POST /k')).to.equal(undefined)
      expect(nameOf('PUT /', {}, '')).to.equal(undefined)
      expect(nameOf('toString /k')).to.equal(undefined)
    })

    const keys: [path: string, key: string][] = [
      ['/a%20b', 'a b'],
      ['/a+b', 'a b'],
      ['/a%2Bb', 'a+b'],
      ['/a//b', 'a//b'],
      ['//a', '/a'],
      ['/a/', 'a/'],
      ['/../a', '../a'],
      ['/a/./..', 'a/./..'],
      ['/a%2Fb', 'a/b'],
      ['/%252F', '%2F'],
      ['/a%0Ab', 'a\nb'],
      ['/%3F%23%26', '?#&'],
      [`/${'%E2%82%AC'.repeat(341)}a`, `${'€'.repeat(341)}a`],
    ]
    for (const [path, key] of keys)
      it(`keeps the key of ${path.slice(0, 30)}`, () =>
        expect(match(s3, request(`GET ${path}`, {}, 'b'))?.labels).to.deep.equal({ Key: key }))

    it('refuses a key that is no UTF-8', () => {
      for (const path of ['/%ff', '/%', '/%zz', '/%e2%82'])
        expect(() => match(s3, request(`GET ${path}`, {}, 'b')), path).to.throw("Couldn't parse the specified URI.")
    })

    it('gives the bucket that the door took off', async () => {
      const head = request('GET /k', {}, 'b')
      const matched = match(s3, head)
      if (!matched) throw new Error('no match')

      expect(await read(s3, matched, head, new Uint8Array())).to.deep.equal({ Bucket: 'b', Key: 'k' })
    })
  })

  describe('Lambda', () => {
    let lambda: Model
    before(async () => {
      lambda = await modelNamed('lambda')
    })
    it('takes the path with the most that is fixed', () => {
      const nameOf = (line: string) => match(lambda, request(line))?.operation.name

      expect(nameOf('GET /2015-03-31/functions')).to.equal('ListFunctions')
      expect(nameOf('GET /2015-03-31/functions/')).to.equal('ListFunctions')
      expect(nameOf('GET /2015-03-31/functions/f')).to.equal('GetFunction')
      expect(nameOf('GET /2015-03-31/functions/f/configuration')).to.equal('GetFunctionConfiguration')
      expect(nameOf('GET /2018-10-31/layers?find=LayerVersion&Arn=a')).to.equal('GetLayerVersionByArn')
      expect(nameOf('GET /2018-10-31/layers')).to.equal('ListLayers')
      expect(nameOf('GET /2015-03-31/functions/f/g/h')).to.equal(undefined)
    })
    it('keeps a plus sign and decodes an ARN', () => {
      const matched = match(
        lambda,
        request('GET /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Aa+b'),
      )

      expect(matched?.labels).to.deep.equal({ FunctionName: 'arn:aws:lambda:us-east-1:1:function:a+b' })
    })
    it('lets the operation say what a request lacks', () =>
      expect(match(lambda, request('DELETE /2017-03-31/tags/arn'))?.operation.name).to.equal('UntagResource'))
  })

  it('goes by x-amz-target in the JSON protocols', async () => {
    const dynamodb = await modelNamed('dynamodb')
    const nameOf = (target?: string) =>
      match(dynamodb, request('POST /', target === undefined ? {} : { 'x-amz-target': target }))?.operation.name

    expect(nameOf('DynamoDB_20120810.PutItem')).to.equal('PutItem')
    expect(nameOf('DynamoDB_20120810.toString')).to.equal(undefined)
    expect(nameOf('DynamoDB_20120810.')).to.equal(undefined)
    expect(nameOf()).to.equal(undefined)
  })

  it('goes by Action in the query protocol, in the form or the query', async () => {
    const sts = await modelNamed('sts')

    expect(match(sts, request('POST /'), new URLSearchParams('Action=AssumeRole'))?.operation.name).to.equal(
      'AssumeRole',
    )
    expect(match(sts, request('GET /?Action=GetCallerIdentity'))?.operation.name).to.equal('GetCallerIdentity')
    expect(match(sts, request('POST /'), new URLSearchParams('Action=Nothing'))).to.equal(undefined)
  })
})
