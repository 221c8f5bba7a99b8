import type {
  BucketSummary,
  Chapter,
  ChapterMap,
  DecisionRow,
  FunctionDetail,
  InvokeAnswer,
  InvokeRequest,
  LogLine,
  Mail,
  MapNode,
  ObjectDetail,
  Schedule,
  TableSummary,
  Trace,
} from '../../types.ts'

const tokenIn = (page: Document): string =>
  page.querySelector<HTMLMetaElement>('meta[name="console-token"]')?.content ?? ''

/** Shows that a request comes from this page: no page of another origin can read it. */
let token = tokenIn(document)

/** A cloud that was started anew has another token: reads it from its page. @returns whether it is another one */
export const renewToken = async (): Promise<boolean> => {
  const response = await fetch('.', { cache: 'no-store' })
  const before = token
  token = tokenIn(new DOMParser().parseFromString(await response.text(), 'text/html'))
  return token !== before
}

/** An address under `/_console/` for what sends no headers: a picture, the stream. */
export const addressed = (url: string): string => `${url}${url.includes('?') ? '&' : '?'}token=${token}`

const send = async (url: string, init: RequestInit): Promise<Response> => {
  const headers = { 'x-console-token': token, ...(init.body ? { 'content-type': 'application/json' } : {}) }
  const response = await fetch(url, { ...init, headers })
  return response.status === 403 && (await renewToken()) ? send(url, init) : response
}

const ask = async <T>(path: string[], init: RequestInit, query?: Record<string, string>): Promise<T> => {
  const search = query ? `?${new URLSearchParams(query)}` : ''
  const response = await send(`api/${path.map(encodeURIComponent).join('/')}${search}`, init).catch((error: Error) => {
    if (error.name === 'AbortError') throw error
    throw new Error('The local cloud does not answer. Is it still running?')
  })
  if (response.ok) return response.json() as Promise<T>
  const { message } = (await response.json().catch(() => ({}))) as { message?: string }
  throw new Error(message ?? `The local cloud answered with ${response.status}.`)
}

const get = <T>(path: string[], signal: AbortSignal, query?: Record<string, string>) => ask<T>(path, { signal }, query)
const act = <T>(path: string[], body: object) => ask<T>(path, { method: 'POST', body: JSON.stringify(body) })

/** What the pages ask the local cloud for. */
export const api = {
  chapters: (signal: AbortSignal) => get<Chapter[]>(['chapters'], signal),
  function: (name: string, signal: AbortSignal) => get<FunctionDetail>(['functions', name], signal),
  invoke: (name: string, request: InvokeRequest) => act<InvokeAnswer>(['functions', name, 'invoke'], request),
  map: (chapter: string, signal: AbortSignal) => get<ChapterMap>(['maps', chapter], signal),
  nodes: (signal: AbortSignal) => get<MapNode[]>(['nodes'], signal),
  traces: (signal: AbortSignal) => get<Trace[]>(['traces'], signal),
  replay: (id: string) => act<{ trace: string }>(['traces', id, 'replay'], {}),
  buckets: (signal: AbortSignal) => get<BucketSummary[]>(['buckets'], signal),
  objects: (bucket: string, prefix: string, signal: AbortSignal) =>
    get<ObjectDetail[]>(['buckets', bucket], signal, { prefix }),
  tables: (signal: AbortSignal) => get<TableSummary[]>(['tables'], signal),
  items: (table: string, signal: AbortSignal) => get<Record<string, unknown>[]>(['tables', table], signal),
  lines: (signal: AbortSignal) => get<LogLine[]>(['logs'], signal),
  schedules: (signal: AbortSignal) => get<Schedule[]>(['schedules'], signal),
  runNow: (arn: string) => act<object>(['schedules', 'run'], { arn }),
  decisions: (signal: AbortSignal) => get<DecisionRow[]>(['decisions'], signal),
  mails: (signal: AbortSignal) => get<Mail[]>(['mails'], signal),
}
