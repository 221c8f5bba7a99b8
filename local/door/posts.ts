import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import type { Sessions } from '../iam/sessions.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { Service } from '../services/service.ts'
import { match } from '../wire/match.ts'
import { read } from '../wire/read.ts'
import type { Model, RequestHead, WireResponse } from '../wire/types.ts'
import { write, XML } from '../wire/write.ts'
import { escapeXml } from '../wire/xml.ts'
import { encode, type SigningKeys } from './canonical.ts'
import type { Claim } from './claim.ts'
import { contextOf } from './context.ts'
import { boundaryOf, type Field, readForm } from './formData.ts'
import { announcedLength, bytesOf } from './incoming.ts'
import { checkPostPolicy, type PostPolicy, readPostPolicy, withinRanges } from './postPolicy.ts'
import { checkPublicKey } from './publicKey.ts'
import * as refusals from './refusals.ts'
import type { SiteRequest } from './request.ts'
import { bucketOf } from './routing.ts'
import { checkSession, equal, type Signed } from './signature.ts'
import type { Visit } from './visit.ts'

/**
 * POST Object: uploads by the form of a web page ("Browser-based uploads using POST" in S3's API reference). No SDK has a
 * command for it; once signature and policy are checked it is a PutObject, whose headers are the form's fields.
 */
export type Posts = (visit: Visit, service: Service, model: Model) => Promise<WireResponse>

export interface PostsOptions {
  ground: Ground
  dispatch: Dispatch
  sessions: Sessions
  keys: SigningKeys
}

/** Whether a request posts a form to a bucket; others that are posted to one name a subresource. */
export const isPost = (head: SiteRequest): boolean => {
  if (head.method !== 'POST' || head.query.size > 0) return false
  const { bucket, path } = bucketOf(head)
  return bucket !== '' && path === '/'
}

type Fields = ReadonlyMap<string, Field>

const invalidArgument = (message: string, name: string, value: string) =>
  new ServiceError('InvalidArgument', message, { status: 400, ArgumentName: name, ArgumentValue: value })

const mustContain = (name: string) =>
  invalidArgument(
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    name,
    '',
  )

const SIGNED = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature']
const CREDENTIAL = 'X-Amz-Credential'

/** Who signed a form, as it says; nothing where nobody did. @throws ServiceError (400) */
const claimOf = (fields: Fields): Claim | undefined => {
  const sent = (name: string) => fields.get(name.toLowerCase())?.value
  if (SIGNED.every((name) => sent(name) === undefined)) {
    if (sent('AWSAccessKeyId') === undefined) return undefined
    throw refusals.s3(
      'InvalidRequest',
      400,
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    )
  }
  for (const name of [...SIGNED, 'Policy']) if (sent(name) === undefined) throw mustContain(name)
  const [algorithm = '', credential = '', date = '', signature = ''] = SIGNED.map(sent)
  if (algorithm !== 'AWS4-HMAC-SHA256')
    throw invalidArgument(
      'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"',
      'X-Amz-Algorithm',
      algorithm,
    )
  if (!/^\d{8}T\d{6}Z$/.test(date))
    throw invalidArgument('X-Amz-Date must be formated via ISO8601 Long format', 'X-Amz-Date', date)
  const [accessKeyId = '', day = '', region = '', service = '', terminal = '', ...rest] = credential.split('/')
  const wrong = (message: string) => invalidArgument(message, CREDENTIAL, credential)
  if (terminal === '' || rest.length > 0)
    throw wrong('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".')
  if (accessKeyId === '') throw wrong('a non-empty Access Key (AKID) must be provided in the credential.')
  if (!/^\d{8}$/.test(day))
    throw wrong(`incorrect date format "${day}". This date in the credential must be in the format "yyyyMMdd".`)
  if (service !== 's3') throw wrong(`incorrect service "${service}". This endpoint belongs to "s3".`)
  if (terminal !== 'aws4_request') throw wrong(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`)
  return { from: 'query', accessKeyId, date: day, region, service, terminal, signedHeaders: [], signature }
}

/** Fields that are headers of a PutObject. */
const HEADERS =
  /^(cache-control|content-(type|disposition|encoding|language)|expires|x-amz-(meta-.+|acl|grant-.+|storage-class|website-redirect-location|server-side-encryption.*|checksum-.+|object-lock-.+))$/

const headersOf = (fields: Fields): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, { value }] of fields) {
    if (name === 'acl') headers['x-amz-acl'] = value
    else if (HEADERS.test(name)) headers[name] = value
  }
  return headers
}

export const createPosts = ({ ground, dispatch, sessions, keys }: PostsOptions): Posts => {
  const signedBy = (fields: Fields, visit: Visit): Signed | undefined => {
    const claim = claimOf(fields)
    if (!claim) return undefined
    const token = fields.get('x-amz-security-token')?.value
    const session = checkSession(sessions, claim, token, 's3', ground.clock.now())
    const scope = `${claim.date}/${claim.region}/${claim.service}/${claim.terminal}`
    const signingKey = keys.of(claim.accessKeyId, session.secretAccessKey, scope)
    // What is signed is the policy as it was sent.
    const policy = fields.get('policy')?.value ?? ''
    if (!equal(signingKey(policy), claim.signature)) throw refusals.wrongSignature('s3', claim, policy)
    const timestamp = fields.get('x-amz-date')?.value ?? ''
    const signed: Signed = { caller: session.caller, claim, signingKey, timestamp, scope }
    checkPublicKey(signed, visit, 's3')
    return signed
  }

  /** The input of a PutObject with the form's fields as its headers. */
  const inputOf = async (model: Model, bucket: string, key: string, fields: Fields) => {
    const query = new URLSearchParams()
    const head: RequestHead = { method: 'PUT', path: `/${encode(key)}`, query, headers: headersOf(fields), bucket }
    const matched = match(model, head)
    if (matched?.operation.name !== 'PutObject') throw new Error('a form is no PutObject')
    const input = await read(model, matched, head, new Uint8Array())
    const tagging = fields.get('tagging')?.value
    return { operation: matched.operation, input: { ...input, ...(await taggingOf(model, bucket, tagging)) } }
  }

  /** The tags of a form, an XML document, as the header of a PutObject has them. */
  const taggingOf = async (model: Model, bucket: string, xml: string | undefined) => {
    if (xml === undefined) return {}
    const head: RequestHead = {
      method: 'PUT',
      path: '/key',
      query: new URLSearchParams('tagging'),
      headers: {},
      bucket,
    }
    const matched = match(model, head)
    if (!matched) throw new Error('there is no PutObjectTagging')
    const { Tagging } = (await read(model, matched, head, Buffer.from(xml))) as {
      Tagging?: { TagSet?: { Key: string; Value: string }[] }
    }
    const pairs = (Tagging?.TagSet ?? []).map(({ Key, Value }) => [Key, Value] as [string, string])
    return { Tagging: new URLSearchParams(pairs).toString() }
  }

  return async (visit, service, model) => {
    const { head, request, response, limits, requestId } = visit
    const { bucket } = bucketOf(head)
    if (announcedLength(head) === undefined)
      throw refusals.s3('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.')
    const boundary = boundaryOf(head.headers['content-type'])
    const { fields, file } = await readForm(bytesOf(request, response, limits.idle), boundary)
    const key = fields.get('key')
    if (!key) throw mustContain('key')
    const name = file.name
    if (name !== undefined) key.value = key.value.replace(/\$\{filename\}/g, () => name)
    if (key.value === '') throw invalidArgument('User key must have a length greater than 0.', 'key', '')
    const signed = signedBy(fields, visit)
    let policy: PostPolicy | undefined
    if (signed) {
      policy = readPostPolicy(fields.get('policy')?.value ?? '')
      checkPostPolicy(policy, fields, bucket, ground.clock.now())
    }
    const { operation, input } = await inputOf(model, bucket, key.value, fields)
    const Body = withinRanges(file.bytes, policy?.conditions ?? [])
    const context = contextOf(head, requestId, ground.account, signed)
    const facts = { ...context.facts, form: true }
    const output = await dispatch.run(service.name, operation.name, { ...input, Body }, { ...context, facts })
    return answerOf(visit, fields, key.value, write(model, operation, output, requestId))
  }
}

/** Where the object is now: at the address that the form was sent to, its key encoded whole. */
const locationOf = ({ head }: Visit, bucket: string, key: string): string => {
  const byPath = head.path !== '/'
  return `http://${head.headers.host}/${byPath ? `${bucket}/` : ''}${encode(key)}`
}

const isUrl = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text)

/** What a form asked to be told: where to go on, or a status. */
const answerOf = (visit: Visit, fields: Fields, key: string, put: WireResponse): WireResponse => {
  const { bucket } = bucketOf(visit.head)
  const etag = put.headers.etag ?? ''
  const redirect = (fields.get('success_action_redirect') ?? fields.get('redirect'))?.value
  if (redirect !== undefined && isUrl(redirect)) {
    const told = new URLSearchParams([
      ['bucket', bucket],
      ['key', key],
      ['etag', etag],
    ])
    const location = `${new URL(redirect).href}${redirect.includes('?') ? '&' : '?'}${told}`
    return { status: 303, headers: { ...put.headers, location }, body: '' }
  }
  const location = locationOf(visit, bucket, key)
  const headers = { ...put.headers, location }
  const status = fields.get('success_action_status')?.value
  if (status === '200') return { status: 200, headers, body: '' }
  if (status !== '201') return { status: 204, headers, body: '' }
  const told = Object.entries({ Location: location, Bucket: bucket, Key: key, ETag: etag })
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('')
  return {
    status: 201,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: `${XML}<PostResponse>${told}</PostResponse>`,
  }
}
