import { Readable } from 'node:stream'
import { expect } from 'chai'
import { modelNamed } from './fixture.ts'
import type { Model } from './types.ts'
import { write } from './write.ts'

const answer = (model: Model, operation: string, output: unknown) => {
  const found = model.operations.get(operation)
  if (!found) throw new Error(`no operation ${operation}`)
  return write(model, found, output, 'request-1')
}

describe('write', () => {
  it('writes JSON with its version and its request id', async () => {
    const dynamodb = await modelNamed('dynamodb')

    expect(
      answer(dynamodb, 'GetItem', {
        Item: { a: { B: new Uint8Array([104, 105]) }, b: undefined, c: null },
        ConsumedCapacity: undefined,
        secret: 'not in the model',
      }),
    ).to.deep.equal({
      status: 200,
      headers: { 'x-amzn-requestid': 'request-1', 'content-type': 'application/x-amz-json-1.0' },
      body: '{"Item":{"a":{"B":"aGk="}}}',
    })
    const created = answer(dynamodb, 'CreateTable', { TableDescription: { CreationDateTime: new Date(1500) } })
    expect(created.body).to.equal('{"TableDescription":{"CreationDateTime":1.5}}')
  })
  it('writes an empty object for an operation that gives nothing', async () => {
    const logs = await modelNamed('logs')

    expect(answer(logs, 'CreateLogGroup', undefined)).to.deep.equal({
      status: 200,
      headers: { 'x-amzn-requestid': 'request-1', 'content-type': 'application/x-amz-json-1.1' },
      body: '{}',
    })
  })
  it('writes results of the query protocol', async () => {
    const iam = await modelNamed('iam')
    const metadata = '<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata>'
    const xmlns = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"'

    expect(
      answer(iam, 'ListRoleTags', { Tags: [{ Key: 'a<b', Value: '' }], IsTruncated: false, Marker: undefined }),
    ).to.deep.equal({
      status: 200,
      headers: { 'x-amzn-requestid': 'request-1', 'content-type': 'text/xml' },
      body:
        `<ListRoleTagsResponse ${xmlns}><ListRoleTagsResult><Tags><member><Key>a&lt;b</Key><Value/></member></Tags>` +
        `<IsTruncated>false</IsTruncated></ListRoleTagsResult>${metadata}</ListRoleTagsResponse>`,
    })
    expect(answer(iam, 'DeleteRole', {}).body).to.equal(`<DeleteRoleResponse ${xmlns}>${metadata}</DeleteRoleResponse>`)
  })

  describe('S3', () => {
    let s3: Model
    before(async () => {
      s3 = await modelNamed('s3')
    })
    const xmlns = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
    const ids = { 'x-amz-request-id': 'request-1', 'x-amz-id-2': 'cmVxdWVzdC0x' }

    it('writes documents', () =>
      expect(
        answer(s3, 'ListObjectsV2', {
          Name: 'b',
          IsTruncated: false,
          Contents: [{ Key: 'a\r\u0001&', LastModified: new Date(0), Size: 1 }],
          CommonPrefixes: [],
        }),
      ).to.deep.equal({
        status: 200,
        headers: { ...ids, 'content-type': 'application/xml' },
        body:
          `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult ${xmlns}><IsTruncated>false</IsTruncated>` +
          '<Contents><Key>a&#xd;&#x1;&amp;</Key><LastModified>1970-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>' +
          '<Name>b</Name></ListBucketResult>',
      }))
    it('writes a location without another element around it', () => {
      const location = (value?: string) => answer(s3, 'GetBucketLocation', { LocationConstraint: value }).body

      expect(location('eu-west-1')).to.match(/>\n<LocationConstraint [^>]+>eu-west-1<\/LocationConstraint>$/)
      expect(location()).to.equal(`<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint ${xmlns}/>`)
    })
    it('writes attributes with their namespace', () =>
      expect(
        answer(s3, 'GetBucketAcl', { Grants: [{ Grantee: { Type: 'CanonicalUser', ID: '"' }, Permission: 'READ' }] })
          .body,
      ).to.contain(
        '<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>&quot;</ID></Grantee>' +
          '<Permission>READ</Permission></Grant>',
      ))
    it('hands bodies on as they are', () => {
      const stream = Readable.from([Buffer.from('hi')])
      const output = {
        ContentType: 'image/png',
        ContentLength: 2,
        ETag: '"e"',
        LastModified: new Date(0),
        Metadata: { A: 'b' },
      }

      expect(answer(s3, 'GetObject', { ...output, Body: stream })).to.deep.equal({
        status: 200,
        headers: {
          ...ids,
          'content-type': 'image/png',
          'content-length': '2',
          etag: '"e"',
          'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT',
          'x-amz-meta-a': 'b',
        },
        body: stream,
      })
      const bytes = new Uint8Array([1])
      expect(answer(s3, 'GetObject', { Body: bytes }).body).to.equal(bytes)
      expect(answer(s3, 'GetBucketPolicy', { Policy: '{}' })).to.deep.equal({
        status: 200,
        headers: { ...ids, 'content-type': 'application/json' },
        body: '{}',
      })
    })
    it('writes no body where there is none', () => {
      expect(answer(s3, 'HeadObject', { ContentLength: 9 })).to.deep.equal({
        status: 200,
        headers: { ...ids, 'content-length': '9' },
        body: '',
      })
      expect(answer(s3, 'DeleteObject', { VersionId: 'v' })).to.deep.equal({
        status: 204,
        headers: { ...ids, 'x-amz-version-id': 'v' },
        body: '',
      })
    })
    it('lets no line break into a header', () => {
      const { headers } = answer(s3, 'GetObject', {
        ContentType: 'a\r\nset-cookie: b',
        Metadata: { a: 'é\n' },
        ContentDisposition: 'attachment; filename="€.png"',
      })

      expect(headers['content-type']).to.equal(`=?UTF-8?B?${Buffer.from('a\r\nset-cookie: b').toString('base64')}?=`)
      expect(headers['x-amz-meta-a']).to.equal('=?UTF-8?B?w6kK?=')
      expect(headers['content-disposition']).to.match(/^=\?UTF-8\?B\?[\w+/=]+\?=$/)
    })
  })

  it('writes what a function gave back, with the status and the headers of its members', async () => {
    const lambda = await modelNamed('lambda')
    const Payload = Buffer.from('{"errorMessage":"x"}')

    expect(
      answer(lambda, 'Invoke', { StatusCode: 200, FunctionError: 'Unhandled', LogResult: 'bG9n', Payload }),
    ).to.deep.equal({
      status: 200,
      headers: {
        'x-amzn-requestid': 'request-1',
        'x-amz-function-error': 'Unhandled',
        'x-amz-log-result': 'bG9n',
        'content-type': 'application/json',
      },
      body: Payload,
    })
    expect(answer(lambda, 'Invoke', { StatusCode: 202 })).to.deep.include({ status: 202, body: '' })
    expect(answer(lambda, 'CreateFunction', { FunctionName: 'f', MemorySize: 128 })).to.deep.include({
      status: 201,
      body: '{"FunctionName":"f","MemorySize":128}',
    })
    expect(answer(lambda, 'ListFunctions', {})).to.deep.include({ body: '{}' })
  })
})
