import type { IncomingMessage, ServerResponse } from 'node:http'
import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import { isOwnHost } from '../base/ownHosts.ts'
import { localUser } from '../iam/sessions.ts'
import type { PolicySource } from '../iam/types.ts'
import { background } from '../services/background.ts'
import type { CognitoStore } from '../services/cognito-identity/store.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { EventsStore } from '../services/events/store.ts'
import type { LambdaStore } from '../services/lambda/types.ts'
import type { SchedulerStore } from '../services/scheduler/store.ts'
import type { Mail as SentMail, SesStore } from '../services/ses/store.ts'
import { bodyOf, type Head, headersOf, PAGE_POLICY, refused, sendJson } from './answers.ts'
import { calledIn, chapterOf, chaptersOf, detailOf, functionNamed } from './application.ts'
import { createAssets } from './assets.ts'
import { cut } from './cut.ts'
import { bucketsOf, decisionsOf, itemsOf, objectsOf, runNow, schedulesOf, tablesOf } from './data.ts'
import { createGuard } from './guard.ts'
import { invokeAs } from './invoke.ts'
import { createLive } from './live.ts'
import { mapOf } from './maps.ts'
import { CLIENT, type ConsoleStack, nodesOf, personNode } from './nodes.ts'
import { sendObject } from './object.ts'
import { sendPicture } from './picture.ts'
import { createTraces } from './traces.ts'
import type { LogLine, Mail } from './types.ts'

/** The console behind the door. */
export interface Console {
  matches(head: Head): boolean
  handle(request: IncomingMessage, response: ServerResponse, head: Head): Promise<void>
  /** Ends its streams. */
  stop(): void
}

/** The region of the application. */
const REGION = 'us-east-1'
const ROOT = '/_console/'
const LINES = 500
/** Letters of a line that are shown: a function may print megabytes. All of it is in CloudWatch Logs. */
const LONGEST_LINE = 16_384
const MAILS = 200

const mailOf = ({ id, at, from, to, cc, bcc, subject, text, html, headers }: SentMail): Mail => ({
  ...{ id, at, from, to: [...to, ...cc, ...bcc], subject, headers },
  ...(text === undefined ? {} : { text }),
  ...(html === undefined ? {} : { html }),
})

export const createConsole = (options: {
  ground: Ground
  dispatch: Dispatch
  stacks: () => readonly ConsoleStack[]
}): Console => {
  const { ground, dispatch, stacks } = options
  const place = { account: ground.account, region: REGION }
  const lambda = dispatch.store<LambdaStore>('lambda')
  const events = dispatch.store<EventsStore>('events')
  const scheduler = dispatch.store<SchedulerStore>('scheduler')
  const guard = createGuard(ground.ids.secret(32))
  const assets = createAssets(ground)
  const live = createLive()
  const functions = () => lambda.list(ground.account, REGION)
  const nodes = () => nodesOf(stacks(), calledIn(functions()))
  const traces = createTraces(ground, nodes, {
    listened: live.listened,
    tell: (hop) => live.tell('hop', hop),
  })
  const lines: LogLine[] = []
  const unhear = lambda.onLine(({ at, functionName, message }) => {
    const line = { at, functionName, message: cut(message, LONGEST_LINE) }
    lines.push(line)
    if (lines.length > LINES) lines.shift()
    live.tell('log', line)
  })
  const mailbox = dispatch.store<SesStore>('ses')
  const unwatch = mailbox.watch((mail) => live.tell('mail', mailOf(mail)))
  const context = () => background(ground, localUser(ground.account), REGION)
  const iam = dispatch.services.get('iam')
  const policiesOf = (role: string): readonly PolicySource[] =>
    iam?.identityPolicies?.(role, dispatch.store('iam')) ?? []
  const roleOf = (caller: string) =>
    caller.replace(/^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:aws:iam::$1:role/$2')
  const policyNamed = (name: string, caller: string, resource: string) => {
    const owner = dispatch.services.get(resource.split(':')[2] ?? '')
    const hung = owner?.resourcePolicy?.(resource, dispatch.store(owner.name))
    return [...policiesOf(roleOf(caller)), ...(hung ? [hung] : [])].find((policy) => policy.name === name)
  }

  const cognito = dispatch.store<CognitoStore>('cognito-identity')
  const pools = () => cognito.pools(ground.account, REGION)
  const people = () =>
    [...traces.identities()].map((id) =>
      personNode(id, cognito.logins(id)[0]?.user, cognito.identity(id)?.known ?? true),
    )
  const allNodes = () => [CLIENT, ...nodes().all(), ...people()]

  const read = async ([what, name]: readonly string[], { query }: Head): Promise<unknown> => {
    const cloud = dispatch.cloud(context())
    if (name === undefined)
      switch (what) {
        case 'chapters':
          return chaptersOf(functions(), stacks())
        case 'nodes':
          return allNodes()
        case 'traces':
          return traces.list()
        case 'buckets':
          return bucketsOf(cloud)
        case 'tables':
          return tablesOf(cloud)
        case 'logs':
          return lines
        case 'mails':
          return mailbox.mails(MAILS).map(mailOf)
        case 'schedules':
          return schedulesOf(place, events, scheduler)
        case 'decisions':
          return decisionsOf(dispatch.decisions, policyNamed)
        default:
          return undefined
      }
    switch (what) {
      case 'functions': {
        const fn = functionNamed(functions(), name)
        const called = calledIn(functions()).get(name) ?? name
        return detailOf(fn, called, policiesOf(fn.configuration.role), ground.url())
      }
      case 'maps': {
        const members = functions().filter((fn) => name === 'all' || chapterOf(fn) === name)
        if (members.length === 0) throw refused(404, `There is no chapter ${name} here.`)
        return mapOf(name, members, { cloud, place, events, scheduler, nodes: nodes(), policiesOf, pools })
      }
      case 'buckets':
        return objectsOf(cloud, name, query.get('prefix') ?? '')
      case 'tables':
        return itemsOf(cloud, name)
      default:
        return undefined
    }
  }
  const act = async ([what, name = '', action]: readonly string[], body: Record<string, unknown>): Promise<unknown> => {
    if (what === 'functions' && action === 'invoke')
      return invokeAs(dispatch, context(), functionNamed(functions(), name), body)
    if (what === 'schedules' && name === 'run' && action === undefined) {
      runNow(String(body.arn), events, scheduler)
      return {}
    }
    if (what !== 'traces' || action !== 'replay') return undefined
    const { functionName, payload } = traces.eventOf(name)
    const again = traces.anew(() =>
      dispatch
        .cloud(context())('lambda')
        .Invoke({ FunctionName: functionName, InvocationType: 'Event', Payload: payload }),
    )
    await again.result
    return { trace: again.id }
  }

  const api = async (request: IncomingMessage, response: ServerResponse, head: Head): Promise<void> => {
    const path = head.path.slice(`${ROOT}api/`.length).split('/').map(decodeURIComponent)
    const [what, name] = path
    const isObject = what === 'objects' && path.length === 2
    const isLive = what === 'live' && path.length === 1
    const [, trace] = (what === 'traces' && path.length === 2 && /^(.+)\.svg$/.exec(name ?? '')) || []
    guard.checkToken(head, isObject || isLive || (trace !== undefined && head.method === 'GET'))
    if (head.method === 'POST') {
      const answer = await act(path, await bodyOf(request, head))
      if (answer === undefined) throw refused(404, 'The console has nothing here.')
      return sendJson(response, 200, answer)
    }
    if (head.method !== 'GET') throw refused(405, 'The console takes GET and POST.')
    if (isLive) return live.join(response)
    if (trace !== undefined) return sendPicture(response, traces.get(trace), allNodes())
    if (isObject)
      return traces.unseen(() =>
        sendObject(dispatch.cloud(context()), name ?? '', head.query.get('key') ?? '', response),
      )
    const answer = path.length > 2 ? undefined : await traces.unseen(() => read(path, head))
    if (answer === undefined) throw refused(404, 'The console has nothing here.')
    sendJson(response, 200, answer)
  }

  const page = async (response: ServerResponse, head: Head): Promise<void> => {
    if (head.method !== 'GET' && head.method !== 'HEAD') throw refused(405, 'A page is only read.')
    const name = head.path.slice(ROOT.length) || 'index.html'
    const asset = await assets.find(name)
    if (!asset) throw refused(404, 'The console has no such page.')
    const html = name === 'index.html'
    if (!html && head.headers['if-none-match'] === asset.etag) {
      response.writeHead(304, { etag: asset.etag })
      return void response.end()
    }
    const bytes = html
      ? Buffer.from(
          asset.bytes
            .toString()
            .replace('name="console-token" content=""', `name="console-token" content="${guard.token}"`),
        )
      : asset.bytes
    response.writeHead(
      200,
      headersOf(asset.type, {
        'content-length': String(bytes.length),
        'content-security-policy': PAGE_POLICY,
        ...(html ? {} : { etag: asset.etag, 'cache-control': 'no-cache' }),
      }),
    )
    response.end(head.method === 'HEAD' ? undefined : bytes)
  }

  const isHome = ({ method, path, headers, query }: Head) =>
    method === 'GET' && path === '/' && query.size === 0 && /\btext\/html\b/.test(headers.accept ?? '')

  return {
    matches: (head) =>
      head.path === '/_console' || head.path.startsWith(ROOT) || (isOwnHost(head.host) && isHome(head)),
    async handle(request, response, head) {
      try {
        guard.checkOrigin(head)
        if (!head.path.startsWith(ROOT)) {
          response.writeHead(302, headersOf('text/plain', { location: ROOT, 'content-length': '0' }))
          response.end()
        } else if (head.path.startsWith(`${ROOT}api/`)) await api(request, response, head)
        else await page(response, head)
      } catch (error) {
        if (response.headersSent) return void response.destroy()
        if (error instanceof ServiceError) return sendJson(response, error.status ?? 400, { message: error.message })
        ground.log({ level: 'error', from: 'console', text: `a request for ${head.path} failed`, cause: error })
        sendJson(response, 500, { message: 'The console has failed; the terminal of the cloud says why.' })
      }
    },
    stop() {
      unhear()
      unwatch()
      traces.stop()
      live.stop()
    },
  }
}
