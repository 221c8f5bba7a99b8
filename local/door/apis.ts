import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import { type Told, UNSEEN } from '../base/story.ts'
import type { Sessions } from '../iam/sessions.ts'
import type { HttpApiStore } from '../services/apigateway/http/store.ts'
import type { ApiGatewayStore } from '../services/apigateway/store.ts'
import type { ApiRequest, ApiResponse, Headers } from '../services/apigateway/types.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { Context } from '../services/service.ts'
import { askedBy, tellCall } from '../services/telling.ts'
import { Gone, send } from './answer.ts'
import { createSigningKeys, sha256 } from './canonical.ts'
import { type BrokenClaim, type Claim, isBroken } from './claim.ts'
import { contextOf } from './context.ts'
import { STATUS_CODES } from './http.ts'
import { announcedLength, bytesOf, collect } from './incoming.ts'
import { checkPublicKey } from './publicKey.ts'
import { decode, type SiteRequest } from './request.ts'
import { checkClaim, type Signed } from './signature.ts'
import type { Visit } from './visit.ts'

/**
 * The stages of APIs: `http://127.0.0.1:4566/restapis/<id>/<stage>/_user_request_/…` and
 * `http://<id>.execute-api.localhost:4566/<stage>/…`. Anybody may ask, pages of every origin too: who may what, and which
 * page may read the answer, is the API's own business.
 */
export interface Apis {
  /** The stage that a request is for. */
  find(head: SiteRequest, claim: Claim | BrokenClaim | undefined): Place | undefined
  visit(visit: Visit, place: Place): Promise<void>
}

interface Place {
  apiId: string
  /** `''` where the path names none. */
  stage: string
  /** Below the stage, as sent. */
  path: string
  /** With the stage: what an HTTP API without such a stage is asked for. */
  whole: string
}

/** A stage that is there. */
interface Serving {
  account: string
  region: string
  path: string
  run(request: ApiRequest): Promise<ApiResponse>
}

const HOST = /^([a-z0-9]+)\.execute-api(?:\.[a-z]{2,4}(?:-[a-z]+)+-\d{1,2})?\.localhost$/
const PATH = /^\/restapis\/([^/]+)\/([^/]+)\/_user_request_(\/.*)?$/
const FIRST = /^\/([^/]*)(\/.*)?$/
/** Letters of a method and a path that are told. */
const LONGEST_TOLD = 200
/** Largest body of a request, in bytes. */
const LARGEST = 10 * 1024 ** 2

export const createApis = ({
  ground,
  dispatch,
  sessions,
}: {
  ground: Ground
  dispatch: Dispatch
  sessions: Sessions
}): Apis => {
  const keys = createSigningKeys()
  const { clock, ids, log } = ground

  /** Who signed, or what is wrong with it: only methods that ask for a signature look at that. */
  const signedBy = (visit: Visit, body: Buffer): { signed?: Signed; refused?: ServiceError } => {
    const { head, claim } = visit
    if (!claim) return {}
    try {
      const signed = checkClaim(head, claim, 'execute-api', 'restJson', { clock, sessions, keys })(sha256(body))
      checkPublicKey(signed, visit, 'restJson')
      return { signed }
    } catch (error) {
      if (error instanceof ServiceError) return { refused: error }
      throw error
    }
  }

  const servedBy = ({ apiId, stage, path, whole }: Place): Serving | undefined => {
    const rest = dispatch.store<ApiGatewayStore>('apigateway')
    const deployed = rest.deployed(apiId, stage)
    if (deployed) {
      const { account, region } = deployed
      return { account, region, path, run: (request) => rest.executor.execute(deployed, request) }
    }
    const http = dispatch.store<HttpApiStore>('apigatewayv2')
    const api = http.api(apiId)
    if (!api) return undefined
    const named = api.stages.find(({ StageName }) => StageName === stage)
    // The stage without a name of its own has every path that begins with no other's.
    const found = named ?? api.stages.find(({ StageName }) => StageName === '$default')
    const run = (request: ApiRequest) => (found ? http.executor.execute(api, found, request) : http.executor.notFound())
    return { account: api.account, region: api.region, path: named ? path : whole, run }
  }

  const answer = async (visit: Visit, place: Place, requestId: string): Promise<ApiResponse> => {
    const { apiId } = place
    const { head, request, response, limits } = visit
    const serving = servedBy(place)
    if (!serving) throw forbidden()
    const bytes = bytesOf(request, response, limits.idle)
    const body = await collect(bytes, announcedLength(head), LARGEST, 'restJson').catch((error) => {
      throw error instanceof ServiceError && error.status === 413 ? tooLong() : error
    })
    const { signed, refused } = signedBy(visit, body)
    const context = contextOf(head, requestId, serving.account, signed)
    const { caller, facts } = context
    const asked: ApiRequest = {
      method: head.method,
      path: serving.path,
      rawQuery: head.search,
      headers: linesOf(request.rawHeaders),
      body,
      protocol: `HTTP/${request.httpVersion}`,
      domainName: `${apiId}.execute-api.localhost`,
      caller,
      ...(refused ? { refused } : {}),
      facts,
    }
    return told(asked, context, `arn:aws:execute-api:${serving.region}:${serving.account}:${apiId}`, serving.run)
  }

  /** Tells the story of a request, as `execute-api: GET /books/7`: what its functions do is an effect of it. */
  const told = (asked: ApiRequest, context: Context, resource: string, run: Serving['run']): Promise<ApiResponse> => {
    const { story } = ground.outbox
    if (!story.heard || story.cause() === UNSEEN) return run(asked)
    const operation = `${asked.method} ${asked.path}`.slice(0, LONGEST_TOLD)
    const what = { at: clock.now(), kind: 'call', service: 'execute-api', operation, resource } as const
    const call: Told = { ...askedBy(story, context), ...what }
    return tellCall(story, call, async () => {
      const response = await run(asked)
      const { status } = response
      if (status >= 400) {
        call.outcome = status === 401 || status === 403 ? 'denied' : 'error'
        call.reason = `${status} ${STATUS_CODES[status] ?? ''}`.trim()
      }
      return response
    })
  }

  return {
    find({ host, path }, claim) {
      const named = HOST.exec(host)
      if (named) {
        const [, stage = '', rest = '/'] = FIRST.exec(path) ?? []
        return { apiId: named[1] as string, stage: decode(stage), path: rest, whole: path }
      }
      if (claim && !isBroken(claim) && claim.service !== 'execute-api') return undefined
      const [, apiId, stage, rest = '/'] = PATH.exec(path) ?? []
      return apiId && stage ? { apiId: decode(apiId), stage: decode(stage), path: rest, whole: rest } : undefined
    },
    async visit(visit, place) {
      const requestId = ids.uuid()
      const given = await answer(visit, place, requestId).catch((error) => {
        if (error instanceof Gone) throw error
        if (error instanceof ServiceError) return refusal(error, requestId)
        log({ level: 'error', from: 'door', text: `a request to the API ${place.apiId} failed`, cause: error })
        return refusal(
          new ServiceError('InternalServerErrorException', 'Internal server error', { status: 500 }),
          requestId,
        )
      })
      await send(visit.request, visit.response, { ...given, headers: joined(given.headers) })
    },
  }
}

/** No API, or no such stage. */
const forbidden = () => new ServiceError('ForbiddenException', 'Forbidden', { status: 403 })

const tooLong = () => new ServiceError('RequestTooLargeException', 'Request Too Long', { status: 413 })

const refusal = ({ code, message, status = 403 }: ServiceError, requestId: string): ApiResponse => ({
  status,
  headers: [
    ['x-amzn-RequestId', requestId],
    ['x-amzn-ErrorType', code],
    ['Content-Type', 'application/json'],
  ],
  body: Buffer.from(JSON.stringify({ message })),
})

const linesOf = (raw: readonly string[]): Headers => {
  const lines: [string, string][] = []
  for (let i = 0; i < raw.length; i += 2) lines.push([raw[i] as string, raw[i + 1] as string])
  return lines
}

/** What HTTP itself says of a body is the door's to say. */
const OWN = new Set(['content-length', 'transfer-encoding', 'connection'])

/** One member for each header, in its first spelling, all its lines. */
const joined = (headers: Headers): Record<string, string | string[]> => {
  const byName = new Map<string, [name: string, values: string[]]>()
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (OWN.has(lower)) continue
    const known = byName.get(lower)
    if (known) known[1].push(value)
    else byName.set(lower, [name, [value]])
  }
  return Object.fromEntries(
    [...byName.values()].map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  )
}
