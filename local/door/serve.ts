import type { IncomingMessage, ServerResponse } from 'node:http'
import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import type { Sessions } from '../iam/sessions.ts'
import type { Caller } from '../iam/types.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { Service } from '../services/service.ts'
import { match } from '../wire/match.ts'
import { modelOf } from '../wire/model.ts'
import { read } from '../wire/read.ts'
import { refuse } from '../wire/refuse.ts'
import type { Body, Matched, Model, RequestHead, WireResponse } from '../wire/types.ts'
import { write } from '../wire/write.ts'
import { Gone, plainRefusal, requestIds, send } from './answer.ts'
import { announcedLength, bytesOf, checkedBody, collect, payloadHashOf } from './bodies.ts'
import { createSigningKeys, sha256 } from './canonical.ts'
import { type BrokenClaim, type Claim, isBroken, readClaim } from './claim.ts'
import type { Hosts } from './hosts.ts'
import * as refusals from './refusals.ts'
import { readHead, type SiteRequest } from './request.ts'
import { bucketOf, isS3Host, originOf, serviceOf, serviceOfVersion, unknownService } from './routing.ts'
import { checkSignature, type Signed } from './signature.ts'

/** Something behind the door that is not an AWS operation: a website, an API stage, the console. */
export interface Site {
  matches(head: SiteRequest): boolean
  handle(request: IncomingMessage, response: ServerResponse, head: SiteRequest): Promise<void>
}

export interface ServeOptions {
  ground: Ground
  dispatch: Dispatch
  sessions: Sessions
  sites: readonly Site[]
}

/** Largest body of an operation that does not stream it, where its service names none. */
const LARGEST = 1024 ** 2
const REGION = 'us-east-1'

/** A request on its way through the door. */
interface Visit {
  request: IncomingMessage
  response: ServerResponse
  head: SiteRequest
  claim: Claim | BrokenClaim | undefined
  requestId: string
  hosts: Hosts
}

/** Answers one request, whatever it is: never throws. */
export type Serve = (request: IncomingMessage, response: ServerResponse, hosts: Hosts) => Promise<void>

export const createServe = ({ ground, dispatch, sessions, sites }: ServeOptions): Serve => {
  const { clock, ids, log } = ground
  const keys = createSigningKeys()
  const models = new Map<string, Promise<Model>>()
  const s3 = dispatch.services.get('s3')

  const modelFor = ({ name, protocol, namespace, sdk }: Service): Promise<Model> => {
    const known = models.get(name)
    if (known) return known
    const model = sdk().then((loaded) =>
      modelOf(loaded as object, { name, protocol, ...(namespace ? { namespace } : {}) }),
    )
    models.set(name, model)
    model.catch(() => models.delete(name))
    return model
  }

  /** What is thrown, as the client may see it. */
  const asRefusal = (error: unknown, service: string): ServiceError => {
    if (error instanceof ServiceError) return error
    log({ level: 'error', from: 'door', text: `a request to ${service} failed`, cause: error })
    return service === 's3'
      ? new ServiceError('InternalError', 'We encountered an internal error. Please try again.', { status: 500 })
      : new ServiceError('InternalFailure', 'The request processing has failed because of an unknown error.', {
          status: 500,
        })
  }

  /** The key `local` is public: nothing that a browser sends by itself may be signed with it. */
  const checkPublicKey = ({ caller, claim }: Signed, { head, hosts }: Visit, flavour: refusals.Flavour) => {
    if (caller.kind !== 'user') return
    const { headers, method, host } = head
    const typed = headers['sec-fetch-site'] === 'none' && flavour === 's3' && (method === 'GET' || method === 'HEAD')
    const byPage = headers.origin !== undefined || (headers['sec-fetch-site'] !== undefined && !typed)
    // A browser marks what a page asks of a loopback address, but not what it asks of another one.
    const unmarked = claim.from === 'query' && !hosts.isLoopback(host)
    if (byPage || unmarked)
      throw new ServiceError(
        flavour === 's3' || flavour === 'query' ? 'AccessDenied' : 'AccessDeniedException',
        `The access key ${claim.accessKeyId} is for programs on this machine: web pages may not use it.`,
        { status: 403 },
      )
  }

  /** Who asks: a signed caller, or anonymous where the operation may be asked by anyone. */
  const signedBy = (visit: Visit, service: Service, flavour: refusals.Flavour, payloadHash: string) => {
    if (!visit.claim) return undefined
    const signed = checkSignature(visit.head, visit.claim, service.name, flavour, payloadHash, {
      clock,
      sessions,
      keys,
    })
    checkPublicKey(signed, visit, flavour)
    return signed
  }

  const run = async (
    { head, requestId }: Visit,
    service: Service,
    model: Model,
    { matched, input }: { matched: Matched; input: unknown },
    signed: Signed | undefined,
  ): Promise<WireResponse> => {
    const { name } = matched.operation
    const caller: Caller = signed?.caller ?? { kind: 'anonymous', account: ground.account }
    const { 'user-agent': userAgent, referer } = head.headers
    const output = await dispatch.run(service.name, name, input, {
      caller,
      account: caller.account,
      region: signed?.claim.region ?? REGION,
      facts: {
        requestId,
        sourceIp: head.sourceIp,
        ...(userAgent === undefined ? {} : { userAgent }),
        ...(referer === undefined ? {} : { referer }),
        secure: false,
        origin: originOf(head),
        headers: head.headers,
      },
    })
    return write(model, matched.operation, output, requestId)
  }

  /** S3: the signature does not need the body, which is checked as it comes. */
  const serveS3 = async (visit: Visit, service: Service, model: Model): Promise<WireResponse> => {
    const { head, claim, request, response } = visit
    const presigned = claim?.from === 'query'
    const payloadHash =
      claim && !isBroken(claim) ? payloadHashOf(head, presigned) : head.headers['x-amz-content-sha256']
    const signed = signedBy(visit, service, 's3', payloadHash ?? '')
    const { bucket, path } = bucketOf(head)
    const wireHead: RequestHead = {
      method: head.method,
      path,
      query: head.query,
      headers: presigned ? withHoisted(head) : head.headers,
      bucket,
    }
    const matched = match(model, wireHead)
    if (!matched)
      throw new ServiceError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
        status: 405,
      })
    const streamed = checkedBody(bytesOf(request, response), head, payloadHash, signed)
    const body: Body = matched.operation.streams
      ? streamed
      : await collect(streamed, streamed.length, service.largest ?? LARGEST, 's3')
    return run(visit, service, model, { matched, input: await read(model, matched, wireHead, body) }, signed)
  }

  /** All others sign their whole body, and take it whole. */
  const serveOther = async (visit: Visit, service: Service, model: Model, given?: Buffer): Promise<WireResponse> => {
    const { head, request, response } = visit
    const flavour = refusals.flavourOf(service.name, service.protocol)
    const largest = service.largest ?? LARGEST
    const body = given ?? (await collect(bytesOf(request, response), announcedLength(head), largest, flavour))
    const signed = signedBy(visit, service, flavour, visit.claim ? sha256(body) : '')
    const { method, path, query, headers } = head
    const wireHead: RequestHead = { method, path, query, headers }
    const form = service.protocol === 'query' ? new URLSearchParams(body.toString()) : undefined
    const matched = match(model, wireHead, form)
    if (!signed && !(matched && service.unsigned?.includes(matched.operation.name))) throw refusals.unsigned(flavour)
    if (!matched) throw unknownOperation(flavour)
    return run(visit, service, model, { matched, input: await read(model, matched, wireHead, body) }, signed)
  }

  /** The form of an unsigned call of the query protocol; it alone names the service. */
  const readForm = async ({ head, request, response, claim }: Visit): Promise<Buffer | undefined> => {
    const isForm = head.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    if (claim || !isForm || head.method !== 'POST' || isS3Host(head.host)) return undefined
    return collect(bytesOf(request, response), announcedLength(head), LARGEST, 'query')
  }

  const serveSite = async ({ request, response, head }: Visit): Promise<boolean> => {
    const site = sites.find((one) => one.matches(head))
    await site?.handle(request, response, head)
    return site !== undefined
  }

  return async (request, response, hosts) => {
    let head: SiteRequest | undefined
    let name = 'the door'
    let requestId = ids.uuid()
    let word = (error: ServiceError): WireResponse => plainRefusal(head, error, requestId)
    try {
      head = readHead(request)
      hosts.check(head)
      const visit: Visit = { request, response, head, hosts, requestId, claim: readClaim(head) }
      let service = serviceOf(head, visit.claim, dispatch.services)
      let form: Buffer | undefined
      if (service === undefined || service === 'unknown') {
        if (!isS3Host(head.host) && (await serveSite(visit))) return
        if (service === 'unknown')
          throw unknownService(
            visit.claim && !isBroken(visit.claim) ? visit.claim.service : (head.headers['x-amz-target'] ?? ''),
          )
        form = await readForm(visit)
        service = serviceOfVersion(form ? new URLSearchParams(form.toString()).get('Version') : null, dispatch.services)
        service ??= s3
        if (service === undefined) throw unknownService('s3')
      }
      const known: Service = service
      name = known.name
      if (name === 's3') requestId = visit.requestId = ids.text(16, 'ABCDEFGHJKLMNPQRSTVWXYZ0123456789')
      const model = await modelFor(known)
      word = (error) => refuse(model, error, requestId)
      const answer = name === 's3' ? await serveS3(visit, known, model) : await serveOther(visit, known, model, form)
      Object.assign(answer.headers, requestIds(name, requestId))
      await send(request, response, answer)
    } catch (error) {
      if (error instanceof Gone) return
      const refusal = asRefusal(error, name)
      if (response.headersSent) return void response.destroy()
      const answer = word(refusal)
      Object.assign(answer.headers, requestIds(name === 'the door' ? 's3' : name, requestId))
      await send(request, response, answer)
    }
  }
}

/** An operation that the API of the service does not have. */
const unknownOperation = (flavour: refusals.Flavour) =>
  flavour === 'query'
    ? new ServiceError('InvalidAction', 'The action or operation requested is invalid.', { status: 400 })
    : new ServiceError('UnknownOperationException', 'The operation is not known to this service.', {
        status: flavour === 'json' ? 400 : 404,
      })

/** A presigned URL carries headers of S3 in its query, too: they count as if they had been sent. */
const withHoisted = ({ headers, query }: SiteRequest): Readonly<Record<string, string>> => {
  const all: Record<string, string> = { ...headers }
  for (const [name, value] of query) {
    const lower = name.toLowerCase()
    if (lower.startsWith('x-amz-') && !SIGNATURE_PARTS.has(lower)) all[lower] ??= value
  }
  return all
}

const SIGNATURE_PARTS = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-signedheaders',
  'x-amz-signature',
  'x-amz-security-token',
  'x-amz-content-sha256',
])
