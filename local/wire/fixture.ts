import { Readable } from 'node:stream'
import { HttpResponse } from '@smithy/core/transport'
import fc from 'fast-check'
import { modelOf } from './model.ts'
import type { Member, Shape, Structure } from './shapes.ts'
import type { Model, Protocol, RequestHead, WireResponse } from './types.ts'

/** For the tests of the wire: the models, values that fit them, and AWS's clients with the wire in place of a network. */

interface ServiceOfSdk {
  name: string
  package: string
  protocol: Protocol
  namespace?: string
}

/** Every service whose client is a dependency of the project. */
export const services: readonly ServiceOfSdk[] = [
  { name: 's3', package: 's3', protocol: 'restXml', namespace: 'http://s3.amazonaws.com/doc/2006-03-01/' },
  { name: 'lambda', package: 'lambda', protocol: 'restJson' },
  { name: 'sts', package: 'sts', protocol: 'query', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  { name: 'iam', package: 'iam', protocol: 'query', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
  { name: 'dynamodb', package: 'dynamodb', protocol: 'json1.0' },
  { name: 'dynamodbstreams', package: 'dynamodb-streams', protocol: 'json1.0' },
  { name: 'logs', package: 'cloudwatch-logs', protocol: 'json1.1' },
  { name: 'events', package: 'eventbridge', protocol: 'json1.1' },
  { name: 'scheduler', package: 'scheduler', protocol: 'restJson' },
  { name: 'apigateway', package: 'api-gateway', protocol: 'restJson' },
  { name: 'apigatewayv2', package: 'apigatewayv2', protocol: 'restJson' },
  { name: 'sns', package: 'sns', protocol: 'query', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
  { name: 'sqs', package: 'sqs', protocol: 'json1.0' },
  { name: 'ses', package: 'ses', protocol: 'query', namespace: 'http://ses.amazonaws.com/doc/2010-12-01/' },
  { name: 'sesv2', package: 'sesv2', protocol: 'restJson' },
  { name: 'kms', package: 'kms', protocol: 'json1.1' },
  { name: 'cognito-identity', package: 'cognito-identity', protocol: 'json1.1' },
  { name: 'cloudcontrolapi', package: 'cloudcontrol', protocol: 'json1.0' },
  {
    name: 'cloudformation',
    package: 'cloudformation',
    protocol: 'query',
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  },
]

type Command = new (input: unknown) => unknown
type Answer = (request: RequestHead, body: Uint8Array) => Promise<WireResponse>
interface Client {
  send(command: unknown): Promise<Record<string, unknown>>
}

export interface Sdk {
  model: Model
  /** Sends a command through a client whose request `answer` answers. One at a time. */
  send(operation: string, input: unknown, answer: Answer): Promise<Record<string, unknown>>
}

/** The model of a service. */
export const modelNamed = async (name: string): Promise<Model> => {
  const service = services.find((one) => one.name === name)
  if (!service) throw new Error(`no service ${name}`)
  return modelOf(await import(`@aws-sdk/client-${service.package}`), service)
}

/** A request as curl or another client would send it: `requestLine('GET /k?acl')`. */
export const requestLine = (line: string, headers: Record<string, string> = {}, bucket?: string): RequestHead => {
  const [method = '', url = ''] = line.split(' ')
  const [path = '', search = ''] = url.split('?')
  return { method, path, query: new URLSearchParams(search), headers, ...(bucket === undefined ? {} : { bucket }) }
}

/** The bucket of every S3 request of these tests. */
export const BUCKET = 'bucket'

/** Operations whose outputs do not come through: what they stream are events, which the wire does not write. */
export const EVENT_STREAMS = new Set([
  'SelectObjectContent',
  'InvokeWithResponseStream',
  'GetLogObject',
  'StartLiveTail',
])
/** Members that a client fills in where its caller does not: tokens, by whatever name, and what it says of a body. */
export const FILLED = /^(ClientToken|clientToken|ClientRequestToken|OperationId|Checksum.+|Content(Length|MD5|Type))$/

export const sdkOf = async (service: ServiceOfSdk): Promise<Sdk> => {
  const sdk: Record<string, unknown> = await import(`@aws-sdk/client-${service.package}`)
  const ClientClass = Object.values(sdk).find(
    (one) => typeof one === 'function' && /Client$/.test(one.name) && one.name !== '__Client',
  ) as new (
    config: object,
  ) => Client
  let answer: Answer
  const client = new ClientClass({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    forcePathStyle: true,
    disableHostPrefix: true,
    // What clients check or compute over bodies is no business of the wire.
    md5: false,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      metadata: {},
      destroy() {},
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
      handle: async (request: SdkRequest) => {
        const { status, headers, body } = await answer(headOf(request, service), await bytesOf(request.body))
        const bytes = Buffer.concat(
          typeof body === 'string' || body instanceof Uint8Array ? [Buffer.from(body)] : await Array.fromAsync(body),
        )
        return {
          response: new HttpResponse({ statusCode: status, headers: { ...headers }, body: Readable.from([bytes]) }),
        }
      },
    },
  })
  return {
    model: modelOf(sdk, service),
    send(operation, input, newAnswer) {
      answer = newAnswer
      return client.send(new (sdk[`${operation}Command`] as Command)(input))
    },
  }
}

interface SdkRequest {
  method: string
  path: string
  query: Record<string, string | string[] | null>
  headers: Record<string, string>
  body: unknown
}

const headOf = ({ method, path, query, headers }: SdkRequest, { name }: ServiceOfSdk): RequestHead => {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) for (const one of [value].flat()) parameters.append(key, one ?? '')
  const head: RequestHead = {
    method,
    path,
    query: parameters,
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value])),
  }
  return name === 's3' ? withoutBucket(head) : head
}

/** Takes the bucket of these tests off a path, as the door does. */
export const withoutBucket = (head: RequestHead): RequestHead => {
  const [, bucket = '', rest = ''] = /^\/(bucket(?=\/|$))?(.*)$/s.exec(head.path) ?? []
  return { ...head, bucket, path: rest.startsWith('/') ? rest : `/${rest}` }
}

const bytesOf = async (body: unknown): Promise<Uint8Array> => {
  if (body === undefined || body === null) return new Uint8Array()
  if (typeof body === 'string') return Buffer.from(body)
  return body instanceof Uint8Array ? body : Buffer.concat(await Array.fromAsync(body as AsyncIterable<Uint8Array>))
}

/** The request that the client sends for an operation. */
export const requestOf = async (sdk: Sdk, operation: string, input: unknown): Promise<[RequestHead, Uint8Array]> => {
  const sent: [RequestHead, Uint8Array][] = []
  const answer: Answer = async (...request) => {
    sent.push(request)
    return { status: 400, headers: {}, body: '' }
  }
  await sdk.send(operation, input, answer).catch(() => {})
  return sent[0] as [RequestHead, Uint8Array]
}

/** How deep generated values go: a structure may hold itself. */
const DEEPEST = 5

type Side = 'input' | 'output'
type Values = Record<string, unknown>

/** Values that fit a structure: its required members, and any of the others. */
export const structures = (model: Model, shape: Structure, side: Side, depth = 0): fc.Arbitrary<Values> => {
  const members = shape.members.filter(
    (one) => !isLeftOut(model, one, side) && (one.required || depth < DEEPEST || !isDeep(one.shape)),
  )
  // A form cannot tell a structure without members from none.
  const least = model.protocol === 'query' && side === 'input' && depth > 0 ? members[0]?.name : undefined
  const requiredKeys = members.filter((one) => isAlwaysThere(one) || one.name === least).map(({ name }) => name)
  return fc.record(Object.fromEntries(members.map((one) => [one.name, valuesOf(model, one, side, depth)])), {
    requiredKeys,
    noNullPrototype: true,
  })
}

/** A client sends and gives some value for these even when it has none. */
const isAlwaysThere = ({ required, place }: Member) =>
  required || place?.in === 'label' || place?.in === 'payload' || place?.in === 'status' || place?.in === 'headers'

/**
 * Members that do not come through S3's clients as they are: keys of encryption go as base64 with their MD5, a length and
 * an MD5 are those of the body, a mode makes the client check the body, and of `Expires` it makes two members. For the
 * endpoint of PutEvents, or of a mail, clients look for another host.
 */
const isLeftOut = ({ name }: Model, member: Member, side: Side): boolean =>
  member.shape.kind === 'events' ||
  // One of several: values made at random have none or all, which a client that checks it refuses.
  (name === 'sesv2' && member.name === 'SigningScheme') ||
  ((name === 'events' || name === 'sesv2') && side === 'input' && member.name === 'EndpointId') ||
  (name === 's3' &&
    (side === 'input'
      ? /^(CopySource)?SSECustomerKey|^Content(Length|MD5)$|^ChecksumMode$/.test(member.name)
      : /^Expires(String)?$/.test(member.name)))

const isDeep = ({ kind }: Shape) => kind === 'structure' || kind === 'list' || kind === 'map'

const valuesOf = (model: Model, member: Member, side: Side, depth: number): fc.Arbitrary<unknown> => {
  const { shape, place } = member
  const json = model.protocol.startsWith('json') || (model.protocol === 'restJson' && !place)
  switch (shape.kind) {
    case 'structure':
      return structures(model, shape, side, depth + 1)
    case 'list':
      return fc.array(valuesOf(model, { ...shape.item, place }, side, depth + 1), {
        // Without an element or a parameter of its own a list without items is no list.
        minLength: json || (!member.flat && !place) ? 0 : 1,
        maxLength: depth > DEEPEST ? 1 : 3,
      })
    case 'map': {
      // The SDK loses this key of an answer.
      const keys = textsAt(place?.in, json, true).filter((key) => side === 'input' || key !== '__proto__')
      const values = valuesOf(model, { ...shape.value, place }, side, depth + 1)
      return fc.dictionary(keys, values, { minKeys: 1, maxKeys: 3, noNullPrototype: true })
    }
    case 'timestamp': {
      const whole = place?.in === 'header' || shape.format === 'http'
      return fc.integer({ min: 0, max: 4e9 }).map((time) => new Date(whole ? time * 1000 : time * 999))
    }
    case 'boolean':
      return fc.boolean()
    case 'number':
      if (place?.in === 'status') return fc.constantFrom(200, 202)
      return json
        ? fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }))
        : fc.maxSafeInteger()
    case 'blob':
      return fc.uint8Array({ minLength: 1, maxLength: 40 })
    case 'string':
      if (member.name === 'Bucket' && place?.in === 'label') return fc.constant(BUCKET)
      // A label of the host.
      if (member.name === 'RequestRoute') return fc.constant('route-1')
      // The client computes the checksum that it is told.
      if (member.name === 'ChecksumAlgorithm' && side === 'input' && place) return fc.constant('CRC32')
      // A text in one model, a number in another.
      if (member.name.endsWith('PartNumberMarker')) return fc.nat().map(String)
      return textsAt(place?.in, json, false)
    case 'events':
      throw new Error('left out')
  }
}

const AWKWARD = ['a+b', 'a b', '%2F', '../a', 'a//b', 'a/', '/a', '<&>"\'', 'é€😀', 'a=b&c', '__proto__', 'constructor']

/** Texts that an AWS client can send at a place: nothing but ASCII in headers, no control characters in XML. */
const textsAt = (place: string | undefined, json: boolean, key: boolean): fc.Arbitrary<string> => {
  if (place === 'headers' && key) return fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/)
  // The SDK takes every name that an object has by nature for one that is there already.
  if (place === 'queries' && key) return fc.stringMatching(/^[a-z][a-z0-9+ %&é-]{0,9}$/).filter((name) => !(name in {}))
  if (place === 'header' || place === 'headers') return fc.stringMatching(/^[!-~]([ -~]{0,9}[!-~])?$/)
  const texts = fc.string({ unit: json ? 'binary' : 'grapheme', minLength: 1, maxLength: 12 })
  return fc.oneof({ weight: 4, arbitrary: texts }, { weight: 1, arbitrary: fc.constantFrom(...AWKWARD) })
}
