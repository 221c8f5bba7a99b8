import { expect } from 'chai'
import { ServiceError } from '../base/errors.ts'
import { modelNamed } from './fixture.ts'
import { refuse } from './refuse.ts'

describe('refuse', () => {
  const json = { 'x-amzn-requestid': 'request-1', 'content-type': 'application/x-amz-json-1.0' }

  it("names DynamoDB's errors as DynamoDB does, with their members", async () => {
    const dynamodb = await modelNamed('dynamodb')
    const refusal = (error: ServiceError) => {
      const { status, headers, body } = refuse(dynamodb, error, 'request-1')
      expect(headers).to.deep.equal(json)
      return [status, JSON.parse(body as string)]
    }

    expect(refusal(new ServiceError('ResourceNotFoundException', 'not found'))).to.deep.equal([
      400,
      { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: 'not found' },
    ])
    const CancellationReasons = [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { a: { B: Buffer.from('hi') } } },
    ]
    expect(
      refusal(new ServiceError('TransactionCanceledException', 'cancelled', { CancellationReasons, other: 1 })),
    ).to.deep.equal([
      400,
      {
        __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
        Message: 'cancelled',
        CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { a: { B: 'aGk=' } } }],
      },
    ])
    expect(refusal(new ServiceError('ValidationException', 'bad'))).to.deep.equal([
      400,
      { __type: 'com.amazon.coral.validate#ValidationException', message: 'bad' },
    ])
    expect(refusal(new ServiceError('SerializationException', '', { status: 400 }))).to.deep.equal([
      400,
      { __type: 'com.amazon.coral.service#SerializationException' },
    ])
    expect(refusal(new ServiceError('AccessDeniedException', 'no', { status: 400 }))).to.deep.equal([
      400,
      { __type: 'com.amazon.coral.service#AccessDeniedException', Message: 'no' },
    ])
    expect(refusal(new ServiceError('InternalServerError', 'oops'))[0]).to.equal(500)
  })
  it('gives SQS the codes that it had in the query protocol', async () => {
    const sqs = await modelNamed('sqs')
    const refusal = (code: string) => refuse(sqs, new ServiceError(code, 'm'), 'request-1')

    for (const code of ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'])
      expect(refusal(code)).to.deep.equal({
        status: 400,
        headers: { ...json, 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
        body: '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"}',
      })
    expect(refusal('MissingParameter').headers['x-amzn-query-error']).to.equal('MissingParameter;Sender')
    expect(refusal('MissingParameter').body).to.equal('{"__type":"com.amazonaws.sqs#MissingParameter","message":"m"}')
  })
  it('names errors of JSON 1.1 without a namespace', async () => {
    const logs = await modelNamed('logs')

    const { status, body } = refuse(logs, new ServiceError('ResourceNotFoundException', 'm'), 'request-1')

    expect([status, body]).to.deep.equal([400, '{"__type":"ResourceNotFoundException","message":"m"}'])
  })
  it('answers with 400 and 500 alone in the JSON protocols', async () => {
    const kms = await modelNamed('kms')

    expect(refuse(kms, new ServiceError('NotFoundException', 'm'), 'r').status).to.equal(400)
    expect(refuse(kms, new ServiceError('DependencyTimeoutException', 'm'), 'r').status).to.equal(500)
  })
  it("says in Lambda's head what went wrong, and whose fault it is", async () => {
    const lambda = await modelNamed('lambda')
    const error = new ServiceError('TooManyRequestsException', 'Rate Exceeded.', {
      Reason: 'CallerRateLimitExceeded',
      retryAfterSeconds: 3,
    })

    const { status, headers, body } = refuse(lambda, error, 'request-1')

    expect(status).to.equal(429)
    expect(headers).to.deep.equal({
      'x-amzn-requestid': 'request-1',
      'x-amzn-errortype': 'TooManyRequestsException',
      'content-type': 'application/json',
      'retry-after': '3',
    })
    expect(JSON.parse(body as string)).to.deep.equal({
      Type: 'User',
      message: 'Rate Exceeded.',
      Reason: 'CallerRateLimitExceeded',
    })
    const denied = refuse(lambda, new ServiceError('AccessDeniedException', 'no', { status: 403 }), 'request-1')
    expect([denied.status, denied.body]).to.deep.equal([403, '{"Message":"no"}'])
  })
  it('writes the error document of the query protocol, by code or by name', async () => {
    const iam = await modelNamed('iam')

    for (const code of ['NoSuchEntity', 'NoSuchEntityException'])
      expect(refuse(iam, new ServiceError(code, 'a & <b>'), 'request-1')).to.deep.equal({
        status: 404,
        headers: { 'x-amzn-requestid': 'request-1', 'content-type': 'text/xml' },
        body:
          '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>' +
          '<Message>a &amp; &lt;b&gt;</Message></Error><RequestId>request-1</RequestId></ErrorResponse>',
      })
    expect(refuse(iam, new ServiceError('ServiceFailure', 'm'), 'r').body).to.contain('<Type>Receiver</Type>')
  })
  it("writes S3's error document with what belongs to the error", async () => {
    const s3 = await modelNamed('s3')
    const error = new ServiceError('NoSuchKey', 'The specified key does not exist.', { Key: 'a&b', Hidden: undefined })

    expect(refuse(s3, error, 'request-1', { Resource: '/b/a%26b' })).to.deep.equal({
      status: 404,
      headers: { 'x-amz-request-id': 'request-1', 'x-amz-id-2': 'cmVxdWVzdC0x', 'content-type': 'application/xml' },
      body:
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>' +
        '<Resource>/b/a%26b</Resource><Key>a&amp;b</Key><RequestId>request-1</RequestId><HostId>cmVxdWVzdC0x</HostId></Error>',
    })
    const unknown = refuse(s3, new ServiceError('NoSuchTagSet', 'm', { status: 404, BucketName: 'b' }), 'r')
    expect([unknown.status, unknown.body]).to.satisfy(
      ([status, body]: [number, string]) => status === 404 && body.includes('<BucketName>b</BucketName>'),
    )
  })
})
