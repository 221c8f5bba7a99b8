import type { IncomingMessage, ServerResponse } from 'node:http'
import { ServiceError } from '../base/errors.ts'
import type { Service } from '../services/service.ts'
import { refuse } from '../wire/refuse.ts'
import type { WireResponse } from '../wire/types.ts'
import { Gone, send } from './answer.ts'
import { createApis } from './apis.ts'
import { isBroken, readClaim } from './claim.ts'
import { corsHeaders, isForOthers, preflight } from './cors.ts'
import type { Hosts } from './hosts.ts'
import { announcedLength, bytesOf, collect } from './incoming.ts'
import { createModels } from './models.ts'
import { apart } from './opened.ts'
import { createOperations, LARGEST, type OperationsOptions } from './operations.ts'
import { type Meant, plainRefusal } from './plain.ts'
import { readHead, type Site, type SiteRequest } from './request.ts'
import { isS3Host, serviceOf, serviceOfVersion } from './routing.ts'
import { createTokenKeys } from './tokenKeys.ts'
import type { Limits, Visit } from './visit.ts'
import { createWebsites } from './websites.ts'

export interface ServeOptions extends OperationsOptions {
  sites: readonly Site[]
  limits: Limits
}

/** Answers one request, whatever it is. */
export type Serve = (request: IncomingMessage, response: ServerResponse, hosts: Hosts) => Promise<void>

export const createServe = ({ ground, dispatch, sessions, sites, limits }: ServeOptions): Serve => {
  const { ids, log } = ground
  const { services } = dispatch
  const operations = createOperations({ ground, dispatch, sessions })
  const modelFor = createModels()
  const apis = createApis({ ground, dispatch, sessions })
  const all = [...sites, createTokenKeys(dispatch), createWebsites({ ground, dispatch, modelFor })]

  /** What was thrown, as the client may see it: of a fault of ours nothing but that it is one. */
  const asRefusal = (error: unknown, service: string): ServiceError => {
    if (error instanceof ServiceError) return error
    log({ level: 'error', from: 'door', text: `a request to ${service} failed`, cause: error })
    return service === 's3'
      ? new ServiceError('InternalError', 'We encountered an internal error. Please try again.', { status: 500 })
      : new ServiceError('InternalFailure', 'The request processing has failed because of an unknown error.', {
          status: 500,
        })
  }

  /** The form of an unsigned call of the query protocol; it alone names the service. */
  const readForm = async ({ head, request, response, claim }: Visit): Promise<Buffer | undefined> => {
    const isForm = head.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    if (claim || !isForm || head.method !== 'POST' || head.path !== '/' || isS3Host(head.host)) return undefined
    return collect(bytesOf(request, response, limits.idle), announcedLength(head), LARGEST, 'query')
  }

  const visitSite = async ({ request, response, head }: Visit): Promise<boolean> => {
    const site = all.find((one) => one.matches(head))
    if (!site) return false
    if (head.headers.expect !== undefined) response.writeContinue()
    await site.handle(request, response, head)
    return true
  }

  const meantFor = (head: SiteRequest, claim: Visit['claim']): Meant => {
    if (!claim || isBroken(claim)) return { head }
    const protocol = services.get(claim.service)?.protocol
    return { head, service: claim.service, ...(protocol ? { protocol } : {}) }
  }

  /** Answers a browser that asks whether its page may; `s3` only where nothing else tells what it asks for. */
  const visitPreflight = async ({ head, claim }: Visit, service: Service): Promise<WireResponse> => {
    if (claim || service.name !== 's3' || isS3Host(head.host))
      return preflight(head, service, dispatch.store(service.name))
    const rest = [...services.values()].filter(({ protocol }) => protocol === 'restJson')
    const others = isForOthers(head, await Promise.all(rest.map(modelFor)))
    return preflight(head, others ? undefined : service, dispatch.store(service.name))
  }

  return async (request, response, hosts) => {
    const meant: Meant = {}
    let cors: Record<string, string> = {}
    let name = 'the door'
    let requestId = ids.uuid()
    let word = (error: ServiceError): WireResponse => plainRefusal(meant, error, requestId)
    try {
      const head = readHead(request)
      const claim = readClaim(head)
      Object.assign(meant, meantFor(head, claim))
      const api = services.has('apigateway') ? apis.find(head, claim) : undefined
      hosts.check(head, api !== undefined)
      const visit = { request, response, head, hosts, limits, requestId, claim }
      if (api) return await apis.visit(visit, api)
      let service = serviceOf(head, visit.claim, services)
      let form: Buffer | undefined
      if (service === undefined || service === 'unknown') {
        if (!isS3Host(head.host) && (await visitSite(visit))) return
        if (service === undefined) {
          form = await readForm(visit)
          service = form && serviceOfVersion(new URLSearchParams(form.toString()).get('Version'), services)
          service ??= services.get('s3')
        }
        if (service === undefined || service === 'unknown')
          throw new ServiceError(
            'NotImplemented',
            `The service ${meant.service ?? head.headers['x-amz-target'] ?? 's3'} is not part of the local cloud.`,
            { status: 501 },
          )
      }
      name = service.name
      if (name === 's3') requestId = visit.requestId = requestId.replaceAll('-', '').slice(0, 16).toUpperCase()
      const model = await modelFor(service)
      word = (error) => refuse(model, error, requestId)
      cors = corsHeaders(head, service, dispatch.store(name))
      const answer =
        head.method === 'OPTIONS'
          ? await visitPreflight(visit, service)
          : name === 's3'
            ? await operations.s3(visit, service, model)
            : await operations.others(visit, service, model, form)
      const sandbox = name === 's3' ? apart(head) : {}
      await send(request, response, { ...answer, headers: { ...answer.headers, ...cors, ...sandbox } })
    } catch (error) {
      if (error instanceof Gone) return
      const refusal = asRefusal(error, name)
      if (response.headersSent) return void response.destroy()
      const answer = word(refusal)
      await send(request, response, { ...answer, headers: { ...refusal.headers, ...answer.headers, ...cors } })
    }
  }
}
