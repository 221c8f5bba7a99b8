import { expect } from 'chai'
import { ServiceError } from '../base/errors.ts'
import { modelNamed, requestLine } from './fixture.ts'
import { match } from './match.ts'
import { read } from './read.ts'
import type { Model, RequestHead } from './types.ts'

type Values = Record<string, unknown>

/** Reads a request; gives its input, or what it is refused with. */
const reading = async (model: Model, head: RequestHead, body: string | Uint8Array): Promise<Values> => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const form = model.protocol === 'query' ? new URLSearchParams(bytes.toString()) : undefined
  const matched = match(model, head, form)
  if (!matched) throw new Error('no operation')
  try {
    return await read(model, matched, head, bytes)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return { code: error.code, message: error.message, status: error.status, ...error.fields }
  }
}

const refused = (code: string, message: string, fields: Values = {}) => ({ code, message, status: 400, ...fields })
const BROKEN_UTF8 = Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x7d])

describe('read', () => {
  describe('JSON 1.0 (DynamoDB)', () => {
    let model: Model
    before(async () => {
      model = await modelNamed('dynamodb')
    })
    const put = (body: string | Uint8Array, operation = 'PutItem') =>
      reading(model, requestLine('POST /', { 'x-amz-target': `DynamoDB_20120810.${operation}` }), body)
    const serialization = (message: string) => refused('SerializationException', message)

    it('reads items of every type', async () => {
      const Item = {
        S: { S: 'é' },
        N: { N: '1.50' },
        B: { B: 'aGk=' },
        L: { L: [{ NULL: true }, { BOOL: false }] },
        M: { M: { a: { SS: ['x'] } } },
        BS: { BS: ['aGk='] },
      }

      const input = await put(JSON.stringify({ TableName: 't', Item, Unknown: 1, Expected: null }))

      const bytes = new Uint8Array(Buffer.from('hi'))
      expect(input).to.deep.equal({ TableName: 't', Item: { ...Item, B: { B: bytes }, BS: { BS: [bytes] } } })
    })
    it('refuses what is no JSON as AWS does, without a message', async () => {
      for (const body of ['', '{', 'null', '"a"', '1', '{"TableName":"t",}', BROKEN_UTF8, 'NaN', '{"a":01}'])
        expect(await put(body), String(body)).to.deep.equal(serialization(''))
      expect(await put('[]')).to.deep.equal(serialization('Unrecognized collection type java.util.Map'))
    })
    it('refuses values of another type', async () => {
      const cases: [Values, string][] = [
        [{ TableName: 1 }, 'NUMBER_VALUE cannot be converted to String'],
        [{ TableName: 1.5 }, 'DECIMAL_VALUE cannot be converted to String'],
        [{ TableName: true }, 'TRUE_VALUE cannot be converted to String'],
        [{ TableName: false }, 'FALSE_VALUE cannot be converted to String'],
        [{ TableName: [] }, 'Unrecognized collection type class java.lang.String'],
        [{ TableName: {} }, 'Start of structure or map found where not expected'],
        [{ Item: 'a' }, 'Unexpected field type'],
        [{ Item: { a: { S: 1 } } }, 'NUMBER_VALUE cannot be converted to String'],
        [{ Item: { a: { L: {} } } }, 'Start of structure or map found where not expected'],
        [{ Item: { a: { B: 1 } } }, 'only base-64-encoded strings are convertible to bytes'],
        [{ Item: { a: { BOOL: 1 } } }, 'NUMBER_VALUE cannot be converted to Boolean'],
      ]
      for (const [body, message] of cases) expect(await put(JSON.stringify(body))).to.deep.equal(serialization(message))
      for (const B of ['a', 'aGk', 'a===', 'aGk-', 'aG k=', '====', 'aGk=aGk='])
        expect((await put(JSON.stringify({ Item: { a: { B } } }))).code, B).to.equal('SerializationException')
    })
    it('takes numbers that JavaScript can hold, and no others', async () => {
      const scan = (limit: string) => put(`{"TableName":"t","Limit":${limit}}`, 'Scan')

      expect(await scan('5')).to.deep.equal({ TableName: 't', Limit: 5 })
      expect((await scan('1e999')).code).to.equal('SerializationException')
      expect(await scan('"5"')).to.deep.equal(serialization('STRING_VALUE cannot be converted to Integer'))
    })
    it('refuses missing members, by their paths', async () => {
      expect(await put('{}')).to.deep.equal(
        refused('ValidationException', "The parameter 'TableName' is required but was not present in the request"),
      )
      expect(await put('{"TableName":"t","Item":null}')).to.deep.equal(
        refused(
          'ValidationException',
          "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null",
        ),
      )
      const batch = { RequestItems: { t: { Keys: [{ a: null }] }, u: {} } }
      expect((await put(JSON.stringify(batch), 'BatchGetItem')).message).to.equal(
        "2 validation errors detected: Value null at 'requestItems.t.member.keys.1.member.a.member' failed to satisfy constraint: " +
          "Member must not be null; Value null at 'requestItems.u.member.keys' failed to satisfy constraint: Member must not be null",
      )
    })
    it('keeps keys that JavaScript has its own ideas about, and changes nothing by them', async () => {
      const body =
        '{"TableName":"t","Item":{"__proto__":{"S":"a"},"constructor":{"S":"b"}},"__proto__":{"ReturnValues":"x"}}'

      const input = await put(body)

      expect(Object.entries(input.Item as Values)).to.deep.equal([
        ['__proto__', { S: 'a' }],
        ['constructor', { S: 'b' }],
      ])
      expect((input.Item as Values).toString).to.equal(undefined)
      expect(input.ReturnValues).to.equal(undefined)
      expect(({} as Values).S).to.equal(undefined)
    })
    it('refuses a request that nests too deeply', async () => {
      const nested = (levels: number) =>
        `{"TableName":"t","Item":{"a":${'{"L":['.repeat(levels)}{"S":"x"}${']}'.repeat(levels)}}}`

      expect((await put(nested(32))).TableName).to.equal('t')
      for (const levels of [200, 20_000]) expect((await put(nested(levels))).code).to.equal('SerializationException')
      expect((await put('['.repeat(100_000))).code).to.equal('SerializationException')
    })
  })

  it('answers in the words of the other JSON services', async () => {
    const logs = await modelNamed('logs')
    const create = (body: string) =>
      reading(logs, requestLine('POST /', { 'x-amz-target': 'Logs_20140328.PutRetentionPolicy' }), body)
    const serialization = (message: string) => refused('SerializationException', message)

    expect(await create('[]')).to.deep.equal(serialization('Start of list found where not expected'))
    expect(await create('{"logGroupName":1}')).to.deep.equal(
      serialization('NUMBER_VALUE can not be converted to a String'),
    )
    expect(await create('{"logGroupName":{}}')).to.deep.equal(
      serialization('Start of structure or map found where not expected.'),
    )
    expect(await create('{"retentionInDays":"7"}')).to.deep.equal(
      serialization('STRING_VALUE can not be converted to an Integer'),
    )
    expect(await create('{"logGroupName":"g"}')).to.deep.equal(
      refused(
        'InvalidParameterException',
        "1 validation error detected: Value null at 'retentionInDays' failed to satisfy constraint: Member must not be null",
      ),
    )
    const kms = await modelNamed('kms')
    const kmsHead = requestLine('POST /', { 'x-amz-target': 'TrentService.Encrypt' })
    expect((await reading(kms, kmsHead, '{"KeyId":"k"}')).code).to.equal('ValidationException')
    expect(await reading(kms, kmsHead, '{"KeyId":"k","GrantTokens":"a"}')).to.deep.equal(
      serialization('Expected list or null'),
    )
    expect(await reading(kms, kmsHead, '{"KeyId":"k","EncryptionContext":"a"}')).to.deep.equal(
      serialization('Expected null'),
    )
    const sqs = await modelNamed('sqs')
    expect(
      await reading(sqs, requestLine('POST /', { 'x-amz-target': 'AmazonSQS.SendMessage' }), '{"QueueUrl":"u"}'),
    ).to.deep.equal(refused('MissingParameter', 'The request must contain the parameter MessageBody.'))
  })

  describe('query', () => {
    let iam: Model
    let sts: Model
    let sns: Model
    let ses: Model
    before(async () => {
      iam = await modelNamed('iam')
      sts = await modelNamed('sts')
      sns = await modelNamed('sns')
      ses = await modelNamed('ses')
    })
    const post = (model: Model, body: string) => reading(model, requestLine('POST /'), body)

    it('reads structures, lists in any order, maps, spaces and percent signs', async () => {
      expect(
        await post(
          sts,
          'Action=AssumeRole&RoleArn=a%2Bb+c&RoleSessionName=%E2%82%AC&Tags.member.10.Key=z&Tags.member.10.Value=26' +
            '&Tags.member.2.Key=b&Tags.member.2.Value=&TransitiveTagKeys=&DurationSeconds=900&Unknown.x=1',
        ),
      ).to.deep.equal({
        RoleArn: 'a+b c',
        RoleSessionName: '€',
        Tags: [
          { Key: 'b', Value: '' },
          { Key: 'z', Value: '26' },
        ],
        TransitiveTagKeys: [],
        DurationSeconds: 900,
      })
      const attributes = 'Attributes.entry.1.key=__proto__&Attributes.entry.1.value=v'
      const { Attributes } = await post(sns, `Action=CreateTopic&Name=n&${attributes}`)
      expect(Object.entries(Attributes as Values)).to.deep.equal([['__proto__', 'v']])
    })
    it('takes the parameters of a GET from its query', async () => {
      const head = requestLine('GET /?Action=AssumeRole&RoleArn=a&RoleSessionName=b+c')

      expect(await reading(sts, head, '')).to.deep.equal({ RoleArn: 'a', RoleSessionName: 'b c' })
    })
    it('refuses a form that is none', async () => {
      const malformed = refused('MalformedQueryString', 'The query string contains a syntax error.')
      for (const field of ['RoleArn=%', 'RoleArn=%zz', 'RoleArn=%ff', '%e2%82=x'])
        expect(await post(sts, `Action=AssumeRole&${field}`), field).to.deep.equal(malformed)
      const bytes = Buffer.concat([Buffer.from('Action=AssumeRole&RoleArn='), BROKEN_UTF8])
      expect(await reading(sts, requestLine('POST /'), bytes)).to.deep.equal(malformed)
    })
    it('refuses fields that do not fit the model', async () => {
      const role = 'Action=AssumeRole&RoleArn=a&RoleSessionName=b'
      const codeOf = async (fields: string) => (await post(sts, `${role}&${fields}`)).code
      for (const number of ['abc', '', '1x', '0x10', '1e999', 'Infinity', '+'])
        expect(await codeOf(`DurationSeconds=${number}`), number).to.equal('MalformedInput')
      expect(
        await post(ses, 'Action=UpdateConfigurationSetSendingEnabled&ConfigurationSetName=c&Enabled=yes'),
      ).to.deep.equal(refused('MalformedInput', 'boolean must follow xsd1.1 definition'))
      expect(await codeOf('Tags.1.Key=a&Tags.1.Value=b')).to.equal('MalformedInput')
      expect(await codeOf('Tags=a')).to.equal('MalformedInput')
      expect(await codeOf('Tags.member.x.Key=a')).to.equal('MalformedInput')
      expect(await codeOf('Tags.member.1=a')).to.equal('MalformedInput')
      expect(await codeOf('Policy.x=a')).to.equal('MalformedInput')
      expect(await codeOf(`Tags${'.member.1'.repeat(10_000)}=a`)).to.equal(undefined)
    })
    it('refuses missing members in the words of the service', async () => {
      const message =
        "1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null"
      expect(await post(iam, 'Action=GetRole')).to.deep.equal(refused('ValidationError', message))
      expect((await post(sts, 'Action=AssumeRole&RoleArn=a&RoleSessionName=b&Tags.member.1.Key=k')).message).to.equal(
        "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
      )
      expect(await post(sns, 'Action=Subscribe&TopicArn=a')).to.deep.equal(
        refused('InvalidParameter', 'Invalid parameter: Protocol Reason: no value for required parameter'),
      )
    })
  })

  describe('REST XML (S3)', () => {
    let s3: Model
    before(async () => {
      s3 = await modelNamed('s3')
    })
    const send = (line: string, body: string | Uint8Array = '', headers = {}) =>
      reading(s3, requestLine(line, headers, 'b'), body)
    const malformed = refused(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    )

    it('reads documents as clients write them', async () => {
      const body =
        '<?xml version="1.0"?>\n<!-- c -->\n<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\n' +
        '  <Object><Key> a&amp;b&#x20ac;\r\n</Key><!-- d --></Object><Object><Key><![CDATA[<x>]]></Key></Object>' +
        '<Quiet> true </Quiet><Unknown><Key>z</Key></Unknown>\n</Delete>\n'

      expect(await send('POST /?delete', body)).to.deep.equal({
        Bucket: 'b',
        Delete: { Objects: [{ Key: ' a&b€\n' }, { Key: '<x>' }], Quiet: true },
      })
    })
    it('reads attributes, with the prefix that they have', async () => {
      const grant = (type: string) =>
        `<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ${type}><ID>i</ID></Grantee></Grant></AccessControlList></AccessControlPolicy>`

      const { AccessControlPolicy } = await send('PUT /?acl', grant("xsi:type='CanonicalUser'"))

      expect(AccessControlPolicy).to.deep.equal({ Grants: [{ Grantee: { ID: 'i', Type: 'CanonicalUser' } }] })
      expect(await send('PUT /?acl', grant(''))).to.deep.equal(malformed)
    })
    it('refuses documents that are none, that have a document type, or lack a member', async () => {
      const bodies = [
        'x',
        '<Delete>',
        '<Delete></Deleted>',
        '</Delete>',
        '<Delete/><Delete/>',
        '<Delete/>x',
        '<Other/>',
        '<Delete a="1" a="2"/>',
        '<Delete a=1/>',
        '<Delete><Object><Key>&nbsp;</Key></Object></Delete>',
        '<Delete><Object><Key>a & b</Key></Object></Delete>',
        '<Delete><Object><Key>&#0;</Key></Object></Delete>',
        '<Delete><Object><Key>&#xd800;</Key></Object></Delete>',
        '<Delete><Object><Key>&#x110000;</Key></Object></Delete>',
        '<Delete><Object><Key><b/></Key></Object></Delete>',
        '<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>',
        '<Delete><Object><Key>a</Key></Object><Quiet>maybe</Quiet></Delete>',
        '<Delete><Object/></Delete>',
        '<Delete/>',
        '<Delete><!-- </Delete>',
        '<Delete><![CDATA[ </Delete>',
        '<!DOCTYPE Delete [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>',
        '<!DOCTYPE Delete SYSTEM "file:///etc/passwd"><Delete><Object><Key>a</Key></Object></Delete>',
        `${'<Delete>'.repeat(10_000)}`,
        BROKEN_UTF8,
      ]
      for (const body of bodies) expect(await send('POST /?delete', body), String(body)).to.deep.equal(malformed)
      expect(await send('POST /?delete')).to.deep.equal(refused('MissingRequestBodyError', 'Request Body is empty'))
    })
    it('refuses numbers and dates of head and query that are none', async () => {
      const argument = (message: string, ArgumentName: string, ArgumentValue: string) =>
        refused('InvalidArgument', message, { ArgumentName, ArgumentValue })

      expect(await send('GET /?list-type=2&max-keys=abc')).to.deep.equal(
        argument('Provided max-keys not an integer or within integer range', 'max-keys', 'abc'),
      )
      expect(await send('PUT /k?uploadId=u&partNumber=1x')).to.deep.equal(
        argument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', '1x'),
      )
      expect((await send('PUT /k', '', { 'x-amz-object-lock-retain-until-date': 'soon' })).code).to.equal(
        'InvalidArgument',
      )
      expect(
        (await send('PUT /k', '', { 'x-amz-bypass': '1', 'x-amz-server-side-encryption-bucket-key-enabled': 'x' }))
          .code,
      ).to.equal('InvalidArgument')
      expect(await send('GET /?list-type=2&max-keys=')).to.deep.equal({ Bucket: 'b' })
    })
    it("ignores HTTP's own dates where they are none", async () => {
      const since = async (date: string) => (await send('GET /k', '', { 'if-modified-since': date })).IfModifiedSince

      const date = new Date('1994-11-06T08:49:37Z')
      expect(await since('Sun, 06 Nov 1994 08:49:37 GMT')).to.deep.equal(date)
      expect(await since('Sunday, 06-Nov-94 08:49:37 GMT')).to.deep.equal(date)
      expect(await since('Sun Nov  6 08:49:37 1994')).to.deep.equal(date)
      expect(await since('1994-11-06T08:49:37Z')).to.deep.equal(date)
      for (const none of ['', '1', 'yesterday', 'Sun, 99 Nov 1994 08:49:37 GMT'])
        expect(await since(none)).to.equal(undefined)
    })
    it('reads metadata, UTF-8 as it was meant, and lists', async () => {
      const headers = {
        'x-amz-meta-a': Buffer.from('é€').toString('latin1'),
        'x-amz-meta-__proto__': 'p',
        'x-amz-meta-b': 'caf\u00e9',
      }
      const { Metadata } = await send('PUT /k', 'body', headers)
      expect(Object.entries(Metadata as Values)).to.deep.equal([
        ['a', 'é€'],
        ['__proto__', 'p'],
        ['b', 'café'],
      ])
      expect((await send('PUT /k', 'body')).Metadata).to.equal(undefined)
      const attributes = { 'x-amz-object-attributes': 'ETag, "Object,Parts" ,,ObjectSize' }
      expect((await send('GET /k?attributes', '', attributes)).ObjectAttributes).to.deep.equal([
        'ETag',
        'Object,Parts',
        'ObjectSize',
      ])
    })
    it('hands a streamed body on as it comes', async () => {
      const head = requestLine('PUT /k', {}, 'b')
      const matched = match(s3, head)
      if (!matched) throw new Error('no match')
      const body = {
        length: 2,
        checksums: {},
        async *[Symbol.asyncIterator]() {
          yield Buffer.from('hi')
        },
      }

      expect(matched.operation.streams).to.equal(true)
      expect((await read(s3, matched, head, body)).Body).to.equal(body)
    })
  })

  describe('REST JSON (Lambda)', () => {
    let lambda: Model
    before(async () => {
      lambda = await modelNamed('lambda')
    })
    const send = (line: string, body: string | Uint8Array = '') => reading(lambda, requestLine(line), body)

    it('hands the payload of an invocation on, byte by byte', async () => {
      const payload = Uint8Array.from([0xff, 0, 0x7b])

      expect(await send('POST /2015-03-31/functions/f/invocations', payload)).to.deep.equal({
        FunctionName: 'f',
        Payload: payload,
      })
      expect(await send('POST /2015-03-31/functions/f/invocations')).to.deep.equal({ FunctionName: 'f' })
    })
    it('refuses bodies as Lambda does', async () => {
      const create = (body: string | Uint8Array) => send('POST /2015-03-31/functions', body)
      for (const body of ['{', BROKEN_UTF8]) {
        const { code, message } = await create(body)
        expect(code).to.equal('InvalidRequestContentException')
        expect(message).to.match(/^Could not parse request body into json: ./)
      }
      expect(await create('{"MemorySize":"128"}')).to.deep.equal(
        refused('SerializationException', 'STRING_VALUE can not be converted to an Integer'),
      )
      const constraint = 'failed to satisfy constraint: Member must not be null'
      const missing = (names: string[]) => names.map((name) => `Value null at '${name}' ${constraint}`).join('; ')
      expect(await create('')).to.deep.equal(
        refused('ValidationException', `3 validation errors detected: ${missing(['functionName', 'role', 'code'])}`),
      )
      expect(await create('{"FunctionName":"f","Role":null}')).to.deep.equal(
        refused('ValidationException', `2 validation errors detected: ${missing(['role', 'code'])}`),
      )
      expect((await send('GET /2015-03-31/functions?MaxItems=x')).code).to.equal('SerializationException')
      expect(await send('DELETE /2017-03-31/tags/a')).to.deep.equal(
        refused('ValidationException', `1 validation error detected: ${missing(['tagKeys'])}`),
      )
      expect(await send('DELETE /2017-03-31/tags/a?tagKeys=x&tagKeys=y+z')).to.deep.equal({
        Resource: 'a',
        TagKeys: ['x', 'y z'],
      })
    })
  })
})
