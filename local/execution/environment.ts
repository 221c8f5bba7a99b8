import { type Child, startChild } from './child.ts'
import { type Ending, errorTypeOf, explain, type Said } from './ending.ts'
import { type ErrorDocument, frame, type RuntimeRequest } from './frames.ts'
import type { Keeper } from './keeper.ts'
import { createLogWriter, platformLines } from './report.ts'
import type { Bundle, FunctionLogLine, FunctionSpec, InvokeRequest, InvokeResult } from './types.ts'
import { createWatch } from './watch.ts'

/*
 * Between invocations AWS freezes an environment. Here it goes on running: a stopped process would not see that the
 * cloud has died, and Windows cannot stop one. Work left over from an invocation therefore ends when it ends; its lines
 * carry their own request id and are kept out of the tail of whatever runs next.
 */

/** The init phase may take this many ms; what is not done then is done again at the invocation, in the function's time. */
const INIT_LIMIT = 10_000

/**
 * Of a process's resident memory so much belongs to Node itself (MB, measured: 41 for one that does nothing): on AWS
 * the code of Node is shared with the image and hardly counts. A function dies when the rest exceeds its memory size.
 */
const BASE = 41

/** What comes of asking the runtime for something. */
type Answer = { kind: 'ready' } | { kind: 'response' | 'error'; payload: Uint8Array } | Ending

/** The environment had died before it took the event, which another one may take. */
export class NotBegun extends Error {}

export interface EnvironmentParts {
  spec: FunctionSpec
  bundle: Bundle
  /** The runtime's script. */
  script: string
  variables: Record<string, string>
  logStream: string
  keeper: Keeper
  now: () => number
  uuid: () => string
  onLog: (lines: FunctionLogLine[]) => void
  /** Shows positions of the bundle as positions of the sources. */
  toSources: (text: string) => string
  /** Instead of the 10 seconds of the init phase, in ms. */
  initLimit?: number
  /** It ended while nobody asked anything of it. */
  onDeath: () => void
}

/** One execution environment: a process that loads the handler once and takes one event after the other. */
export interface Environment {
  /** Whether it can take another event. */
  readonly alive: boolean
  /** Throws `NotBegun` when it turns out to have died before. */
  run(request: InvokeRequest): Promise<InvokeResult>
  /** Ends it at once; an invocation that is running rejects. */
  end(): Promise<void>
}

/** What the init phase came to. */
interface Initialised {
  /** ms of the init phase; 0 when it was done before. */
  tookMs: number
  /** Whether the module was loaded in it, rather than in the function's own time. */
  inTime: boolean
  /** When the invocation proper began, by `performance.now`. */
  at: number
  ending?: Ending
}

export const createEnvironment = (parts: EnvironmentParts): Environment => {
  const { spec, now } = parts
  const lines = platformLines(spec, now)
  const log = createLogWriter(now, parts.onLog)
  let alive = true
  let initialised = false
  let busy = false
  /** MB */
  let peak = 0
  /** The invocation that waits to be begun. */
  let starting: string | undefined
  let why: Ending['why'] = 'exit'
  let said: Said | undefined
  let waiting: ((answer: Answer) => void) | undefined
  const watch = createWatch({
    timeout: () => kill('timeout'),
    look() {
      peak = Math.max(peak, child.residentMb() ?? 0)
      if (peak - BASE > spec.memory) kill('memory')
    },
  })
  let child: Child = start()

  function start(): Child {
    why = 'exit'
    said = undefined
    return startChild({
      script: parts.script,
      folder: parts.bundle.folder,
      memory: spec.memory,
      variables: parts.variables,
      keeper: parts.keeper,
      onFrame,
      onRaw(line) {
        if (line.includes('JavaScript heap out of memory')) why = 'memory'
        log.add(line, busy)
      },
      onPause: log.flush,
      onClose(exit) {
        watch.stop()
        log.flush()
        if (waiting) settle({ kind: 'ended', why, exit, ...(said && { said }) })
        else if (alive) {
          alive = false
          parts.onDeath()
        }
      },
    })
  }

  function onFrame(type: number, body: Buffer) {
    switch (type) {
      case frame.log:
        return log.add(parts.toSources(body.toString()), busy)
      case frame.otherLog:
        return log.add(parts.toSources(body.toString()), busy && !initialised)
      case frame.begun:
        return begin()
      case frame.initError:
      case frame.fatal: {
        const payload = type === frame.fatal ? body.subarray(4) : body
        said = { payload, errorType: (JSON.parse(payload.toString()) as ErrorDocument).errorType }
        return
      }
      case frame.ready:
      case frame.response:
      case frame.error:
        peak = Math.max(peak, body.readUInt32BE() / 1024)
        if (peak - BASE > spec.memory) return kill('memory')
        if (type === frame.ready) return settle({ kind: 'ready' })
        return settle({ kind: type === frame.error ? 'error' : 'response', payload: body.subarray(4) })
    }
  }

  function begin() {
    if (starting !== undefined) log.add(lines.start(starting), true)
    starting = undefined
  }

  function settle(answer: Answer) {
    const resolve = waiting
    waiting = undefined
    watch.end()
    resolve?.(answer)
  }

  function kill(reason: Ending['why']) {
    why = reason
    child.kill()
  }

  /** Asks, and sees to it that there is an answer within `limit` ms: at worst that the process was ended. */
  const ask = (request: RuntimeRequest, limit: number, payload?: Uint8Array): Promise<Answer> =>
    new Promise((resolve) => {
      waiting = resolve
      watch.begin(limit)
      child.send(request, payload)
    })

  const stopped = () => new Error('The execution environment was ended while its function ran.')

  const load = async (phase: 'init' | 'invoke', limit: number): Promise<Ending | undefined> => {
    const startedAt = performance.now()
    const answer = await ask({ kind: 'init' }, limit)
    if (answer.kind !== 'ended') return undefined
    if (answer.why === 'stop') throw stopped()
    const status = answer.why === 'timeout' ? 'timeout' : 'error'
    log.add(lines.initReport(phase, performance.now() - startedAt, status, errorTypeOf(answer)), true)
    log.flush()
    return answer
  }

  /** Loads the handler; what fails in the init phase is tried once more, in the time of the invocation. */
  const init = async (): Promise<Initialised> => {
    const startedAt = performance.now()
    if (initialised) return { tookMs: 0, inTime: false, at: startedAt }
    log.add(lines.initStart(), false)
    log.flush()
    const failed = await load('init', parts.initLimit ?? INIT_LIMIT)
    const at = performance.now()
    if (failed) child = start()
    const ending = failed && (await load('invoke', spec.timeout * 1000))
    initialised = !ending
    return { tookMs: at - startedAt, inTime: !failed, at, ...(ending && { ending }) }
  }

  const traceId = (parent?: string) => {
    const hex = (parts.uuid() + parts.uuid()).replaceAll('-', '')
    const time = Math.floor(now() / 1000).toString(16)
    return `Root=1-${time}-${hex.slice(0, 24)};Parent=${parent ?? hex.slice(24, 40)};Sampled=0;Lineage=1:${hex.slice(40, 48)}:0`
  }

  const invoke = (request: InvokeRequest, remaining: number): Promise<Answer> => {
    const { requestId, functionArn = spec.arn, clientContext, identity, payload } = request
    const head = { requestId, functionArn, remaining, traceId: traceId(request.parent), clientContext, identity }
    return ask({ kind: 'invoke', ...head }, remaining, payload)
  }

  /** Writes the end of an invocation's log, and makes its result. */
  const finish = (requestId: string, { tookMs: firstMs, inTime, at }: Initialised, answer: Answer): InvokeResult => {
    const tookMs = performance.now() - at
    const failure = answer.kind === 'ended' ? explain(answer, requestId, spec.timeout) : undefined
    const status = failure?.status ?? (answer.kind === 'error' ? 'error' : 'success')
    const durationMs = status === 'timeout' ? spec.timeout * 1000 : tookMs
    const exhausted = failure?.errorType === 'Runtime.OutOfMemory'
    const billedMs = Math.ceil(durationMs + firstMs)
    const memoryUsedMb = exhausted ? spec.memory : Math.min(spec.memory, Math.ceil(peak))
    const initMs = inTime ? firstMs : undefined
    const errorType = failure?.errorType
    if (failure) {
      const { message } = failure
      if (status === 'timeout') log.add(lines.timedOut(requestId, spec.timeout), true)
      else if (message) log.add(lines.exited(message, failure.errorType), true)
      log.add(lines.runtimeDone(requestId, durationMs, status, failure.errorType), true)
    }
    const report = { requestId, durationMs, billedMs, memoryUsedMb, initMs, status, errorType }
    for (const line of lines.end(report)) log.add(line, true)
    const tail = log.takeTail()
    log.flush()
    const payload = failure?.payload ?? ('payload' in answer ? answer.payload : Buffer.alloc(0))
    const { logStream } = parts
    const result: InvokeResult = {
      payload,
      durationMs,
      billedMs,
      memoryUsedMb,
      logStream,
      get tail() {
        return tail()
      },
    }
    if (initMs !== undefined) result.initMs = initMs
    if (status !== 'success') result.functionError = 'Unhandled'
    return result
  }

  const run = async (request: InvokeRequest): Promise<InvokeResult> => {
    if (!alive) throw stopped()
    const warm = initialised
    const initialisation = await init()
    starting = request.requestId
    const remaining = spec.timeout * 1000 - (performance.now() - initialisation.at)
    const answer = initialisation.ending ?? (await invoke(request, remaining))
    if (answer.kind === 'ended') {
      alive = false
      if (answer.why === 'stop') throw stopped()
      if (answer.why === 'exit' && warm && starting !== undefined) throw new NotBegun()
    }
    begin()
    return finish(request.requestId, initialisation, answer)
  }

  return {
    get alive() {
      return alive
    },
    async run(request) {
      busy = true
      try {
        return await run(request)
      } finally {
        busy = false
      }
    },
    async end() {
      alive = false
      kill('stop')
      await child.closed
    },
  }
}
