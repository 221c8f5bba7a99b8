import type * as D from './draft.ts'

/** An answer of the console that is not what was asked for, with its words. */
const answerOf = async <T>(asked: Promise<Response>): Promise<T> => {
  const response = await asked.catch((error: Error) => {
    if (error.name === 'AbortError') throw error
    throw new Error('The local cloud does not answer. Is it still running?')
  })
  if (response.ok) return response.json() as Promise<T>
  const { message } = (await response.json().catch(() => ({}))) as { message?: string }
  throw new Error(message ?? `The local cloud answered with ${response.status}.`)
}

const get = <T>(path: string[], signal: AbortSignal, query: Record<string, string> = {}): Promise<T> =>
  answerOf(fetch(`api/${path.map(encodeURIComponent).join('/')}?${new URLSearchParams(query)}`, { signal }))

const act = <T>(path: string[], body: unknown): Promise<T> =>
  answerOf(
    fetch(`api/${path.map(encodeURIComponent).join('/')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )

/** What the pages ask the local cloud for. */
export const api = {
  chapters: (signal: AbortSignal) => get<D.Chapter[]>(['chapters'], signal),
  function: (name: string, signal: AbortSignal) => get<D.FunctionDetail>(['functions', name], signal),
  invoke: (name: string, body: { payload: string; type: string }) =>
    act<D.InvokeAnswer>(['functions', name, 'invoke'], body),
  map: (chapter: string, signal: AbortSignal) => get<D.ChapterMap>(['maps', chapter], signal),
  traces: (signal: AbortSignal) => get<D.Trace[]>(['traces'], signal),
  buckets: (signal: AbortSignal) => get<D.BucketSummary[]>(['buckets'], signal),
  objects: (bucket: string, prefix: string, signal: AbortSignal) =>
    get<D.ObjectDetail[]>(['buckets', bucket], signal, { prefix }),
  tables: (signal: AbortSignal) => get<D.TableSummary[]>(['tables'], signal),
  items: (table: string, signal: AbortSignal) => get<Record<string, unknown>[]>(['tables', table], signal),
  lines: (signal: AbortSignal) => get<D.LogLine[]>(['logs'], signal),
  schedules: (signal: AbortSignal) => get<D.Schedule[]>(['schedules'], signal),
  runNow: (arn: string) => act<object>(['schedules', 'run'], { arn }),
  decisions: (signal: AbortSignal) => get<D.DecisionRow[]>(['decisions'], signal),
}
