import type { Ground } from '../base/ground.ts'
import type { Sessions } from '../iam/sessions.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { Service } from '../services/service.ts'
import { match } from '../wire/match.ts'
import { read } from '../wire/read.ts'
import type { Body, Matched, Model, RequestHead, WireResponse } from '../wire/types.ts'
import { write } from '../wire/write.ts'
import { checkedBody, decodedHeaders, payloadHashOf } from './bodies.ts'
import { brokenClaim } from './brokenClaims.ts'
import { createSigningKeys, sha256 } from './canonical.ts'
import { contextOf } from './context.ts'
import { announcedLength, bodyAtHand, bytesOf, collect } from './incoming.ts'
import { checkIntegrity } from './integrity.ts'
import { createPosts, isPost } from './posts.ts'
import { checkPublicKey } from './publicKey.ts'
import * as refusals from './refusals.ts'
import type { SiteRequest } from './request.ts'
import { bucketOf, scopeOf, serviceOfTarget } from './routing.ts'
import { type Check, checkClaim, type Signed } from './signature.ts'
import { checkSubresources } from './subresources.ts'
import type { Visit } from './visit.ts'

export interface OperationsOptions {
  ground: Ground
  dispatch: Dispatch
  sessions: Sessions
}

/** From a request whose service is known to its answer: signature, body, operation. */
export interface Operations {
  s3(visit: Visit, service: Service, model: Model): Promise<WireResponse>
  /** `body`: where it had to be read before the service was known. */
  others(visit: Visit, service: Service, model: Model, body?: Buffer): Promise<WireResponse>
}

/** Largest body of an operation that does not stream it, where its service names none. */
export const LARGEST = 1024 ** 2

export const createOperations = ({ ground, dispatch, sessions }: OperationsOptions): Operations => {
  const keys = createSigningKeys()
  const { clock } = ground
  const posts = createPosts({ ground, dispatch, sessions, keys })

  /** The check that is left of a signed request once its head is right; nothing for an unsigned one. */
  const claimOf = (visit: Visit, service: Service, flavour: refusals.Flavour): Check | undefined => {
    const { head, claim } = visit
    if (!claim) {
      const { authorization } = head.headers
      if (authorization === undefined) return undefined
      const [given = ''] = authorization.split(' ')
      throw brokenClaim(flavour, { from: 'header', problem: { kind: 'algorithm', given } }, authorization)
    }
    const check = checkClaim(head, claim, scopeOf(service), flavour, { clock, sessions, keys })
    return (payloadHash) => {
      const signed = check(payloadHash)
      checkPublicKey(signed, visit, flavour)
      return signed
    }
  }

  const run = async (
    { head, requestId }: Visit,
    service: Service,
    model: Model,
    { operation }: Matched,
    input: unknown,
    signed: Signed | undefined,
  ): Promise<WireResponse> => {
    const context = contextOf(head, requestId, ground.account, signed)
    const output = await dispatch.run(service.name, operation.name, input, context)
    return write(model, operation, output, requestId)
  }

  return {
    /** The signature of S3 does not need the body, which is checked as it comes. */
    async s3(visit, service, model) {
      const { head, claim, request, response, limits } = visit
      if (!claim && isPost(head)) return posts(visit, service, model)
      const presigned = claim?.from === 'query'
      const check = claimOf(visit, service, 's3')
      const payloadHash = check ? payloadHashOf(head, presigned) : head.headers['x-amz-content-sha256']
      const signed = check?.(payloadHash ?? '')
      const { bucket, path } = bucketOf(head)
      const headers = decodedHeaders(presigned ? withHoisted(head) : head.headers, payloadHash)
      const wireHead: RequestHead = { method: head.method, path, query: head.query, headers, bucket }
      const matched = match(model, wireHead)
      if (!matched) throw refusals.methodNotAllowed(head.method, bucket, path)
      checkSubresources(model, matched, wireHead)
      const { streams, name } = matched.operation
      checkIntegrity(name, head)
      const checked = checkedBody(bytesOf(request, response, limits.idle), head, {
        payloadHash,
        signed,
        // The checksum in the head of this one is of the object that comes out, not of the list that goes in.
        checksums: name !== 'CompleteMultipartUpload',
      })
      const body: Body = streams ? checked : await collect(checked, checked.length, service.largest ?? LARGEST, 's3')
      return run(visit, service, model, matched, await read(model, matched, wireHead, body), signed)
    },

    /** All others sign their whole body, and take it whole. */
    async others(visit, service, model, given) {
      const { head, request, response, limits } = visit
      const flavour = refusals.flavourOf(service.name, service.protocol)
      const check = claimOf(visit, service, flavour)
      if (!check && !service.unsigned) throw refusals.unsigned(flavour)
      // What anybody may ask is small; a body as large as the service takes is for those whose key we know.
      const largest = check ? (service.largest ?? LARGEST) : LARGEST
      const bytes = () => bytesOf(request, response, limits.idle)
      const atHand = given ?? bodyAtHand(request, largest)
      const body = atHand ?? (await collect(bytes(), announcedLength(head), largest, flavour))
      const signed = check?.(sha256(body))
      const { method, path, query, headers } = head
      const wireHead: RequestHead = { method, path, query, headers }
      const form = flavour === 'query' ? new URLSearchParams(body.toString()) : undefined
      const matched = match(model, wireHead, form)
      if (!signed && !(matched && service.unsigned?.includes(matched.operation.name))) throw refusals.unsigned(flavour)
      if (flavour === 'json') checkTarget(head, service, dispatch.services)
      if (!matched)
        throw refusals.unknownOperation(flavour, form?.get('Action') ?? query.get('Action'), service.version)
      return run(visit, service, model, matched, await read(model, matched, wireHead, body), signed)
    },
  }
}

/** The target of a JSON call must be of the service that its signature names. */
const checkTarget = ({ headers }: SiteRequest, service: Service, services: Dispatch['services']) => {
  const owner = serviceOfTarget(headers['x-amz-target'], services)
  if (owner === service) return
  if (!owner) throw refusals.unknownOperation('json', null)
  throw refusals.wrongScope(
    'json',
    'header',
    '',
    `Credential should be scoped to correct service: '${scopeOf(owner)}'. `,
  )
}

/** A presigned URL carries headers of S3 in its query, too: they count as if they had been sent. */
const withHoisted = ({ headers, query }: SiteRequest): Readonly<Record<string, string>> => {
  const all: Record<string, string> = Object.assign(Object.create(null), headers)
  for (const [name, value] of query) {
    const lower = name.toLowerCase()
    if (lower.startsWith('x-amz-') && !NOT_HOISTED.test(lower)) all[lower] ??= value
  }
  return all
}

/**
 * The signature's own parts, and checksums: S3 ignores those in a URL. (The SDK puts the one of an empty body into every
 * presigned PutObject.)
 */
const NOT_HOISTED =
  /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256|checksum-(?!mode|algorithm|type).*|sdk-checksum-algorithm)$/
