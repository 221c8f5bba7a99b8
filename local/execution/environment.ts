import { type Child, type Exit, startChild } from './child.ts'
import { type ErrorDocument, frame, type RuntimeRequest } from './frames.ts'
import type { Keeper } from './keeper.ts'
import { createLogWriter, platformLines, type Status } from './report.ts'
import type { Bundle, FunctionLogLine, FunctionSpec, InvokeRequest, InvokeResult } from './types.ts'

/*
 * Between invocations AWS freezes an environment. Here it goes on running: a stopped process would not see that the
 * cloud has died, and Windows cannot stop one. Work left over from an invocation therefore ends when it ends; its lines
 * carry their own request id and are kept out of the tail of whatever runs next.
 */

/** The init phase may take this many ms; what is not done then is done again at the invocation, in the function's time. */
const INIT_LIMIT = 10_000

/** How often the memory of a busy environment is looked at, in ms. */
const LOOK = 50

/**
 * Of a process's resident memory so much belongs to Node itself (MB, measured: 41 for one that does nothing): on AWS
 * the code of Node is shared with the image and hardly counts. A function dies when the rest exceeds its memory size.
 */
const BASE = 41

const SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
}

const reason = ({ status, signal }: Exit): string => {
  if (signal) return `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal.toLowerCase().replace('sig', '')}`
  return status ? `Runtime exited with error: exit status ${status}` : 'Runtime exited without providing a reason'
}

/** What comes of asking the runtime for something. */
type Answer =
  | { kind: 'ready' }
  | { kind: 'response' | 'error'; payload: Uint8Array }
  | { kind: 'ended'; why: 'timeout' | 'memory' | 'stop' | 'exit'; exit: Exit; document?: Buffer }

type Ended = Answer & { kind: 'ended' }

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
  run(request: InvokeRequest): Promise<InvokeResult>
  /** Ends it at once; an invocation that is running rejects. */
  end(): Promise<void>
}

export const createEnvironment = (parts: EnvironmentParts): Environment => {
  const { spec, now } = parts
  const lines = platformLines(spec, now)
  const log = createLogWriter(now, parts.onLog)
  let alive = true
  let initialised = false
  let busy = false
  let outOfHeap = false
  /** MB */
  let peak = 0
  let ending: Ended['why'] = 'exit'
  let document: Buffer | undefined
  let waiting: ((answer: Answer) => void) | undefined
  let child: Child = start()

  function start(): Child {
    ending = 'exit'
    document = undefined
    outOfHeap = false
    return startChild({
      script: parts.script,
      folder: parts.bundle.folder,
      memory: spec.memory,
      variables: parts.variables,
      keeper: parts.keeper,
      onFrame,
      onRaw(line) {
        if (line.includes('JavaScript heap out of memory')) outOfHeap = true
        log.add(line, busy)
      },
      onPause: log.flush,
      onClose(exit) {
        log.flush()
        if (outOfHeap) ending = 'memory'
        if (waiting) settle({ kind: 'ended', why: ending, exit, ...(document && { document }) })
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
      case frame.ready:
        peak = Math.max(peak, body.readUInt32BE() / 1024)
        return settle({ kind: 'ready' })
      case frame.initError:
        document = body
        return
      case frame.fatal:
        document = body.subarray(4)
        return
      case frame.response:
      case frame.error:
        peak = Math.max(peak, body.readUInt32BE() / 1024)
        return settle({ kind: type === frame.error ? 'error' : 'response', payload: body.subarray(4) })
    }
  }

  function settle(answer: Answer) {
    const resolve = waiting
    waiting = undefined
    resolve?.(answer)
  }

  const kill = (why: Ended['why']) => {
    ending = why
    child.kill()
  }

  /** Asks, and sees to it that there is an answer within `limit` ms: at worst that the process was ended. */
  const ask = (request: RuntimeRequest, limit: number, payload?: Uint8Array): Promise<Answer> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => kill('timeout'), Math.max(0, limit))
      const look = setInterval(() => {
        peak = Math.max(peak, child.residentMb() ?? 0)
        if (peak - BASE > spec.memory) kill('memory')
      }, LOOK)
      waiting = (answer) => {
        clearTimeout(timer)
        clearInterval(look)
        resolve(answer)
      }
      child.send(request, payload)
    })

  /** Says why an environment ended, as the caller and the log get to hear it. */
  const failure = (requestId: string, ended: Ended): { payload: Uint8Array; status: Status; errorType: string } => {
    if (ended.document) {
      const { errorType } = JSON.parse(ended.document.toString()) as ErrorDocument
      return { payload: ended.document, status: 'error', errorType }
    }
    const seconds = spec.timeout.toFixed(2)
    const byWhy = {
      timeout: { errorType: 'Sandbox.Timedout', text: `Task timed out after ${seconds} seconds` },
      memory: { errorType: 'Runtime.OutOfMemory', text: 'Runtime exited with error: signal: killed' },
      exit: { errorType: 'Runtime.ExitError', text: reason(ended.exit) },
      stop: { errorType: 'Runtime.ExitError', text: reason(ended.exit) },
    }[ended.why]
    const errorMessage = `RequestId: ${requestId} Error: ${byWhy.text}`
    log.add(
      ended.why === 'timeout' ? lines.timedOut(requestId, seconds) : lines.exited(errorMessage, byWhy.errorType),
      true,
    )
    return {
      payload: Buffer.from(JSON.stringify({ errorType: byWhy.errorType, errorMessage })),
      status: ended.why === 'timeout' ? 'timeout' : 'error',
      errorType: byWhy.errorType,
    }
  }

  const init = async (phase: 'init' | 'invoke', limit: number): Promise<Ended | undefined> => {
    const startedAt = performance.now()
    const answer = await ask({ kind: 'init' }, limit)
    if (answer.kind !== 'ended') return undefined
    if (answer.why === 'stop') throw stopped()
    const status = answer.why === 'timeout' ? 'timeout' : 'error'
    const errorType = answer.document ? (JSON.parse(answer.document.toString()) as ErrorDocument).errorType : undefined
    const other = answer.why === 'memory' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError'
    log.add(
      lines.initReport(
        phase,
        performance.now() - startedAt,
        status,
        status === 'timeout' ? undefined : (errorType ?? other),
      ),
      true,
    )
    log.flush()
    return answer
  }

  const stopped = () => new Error('The execution environment was ended while its function ran.')

  const traceId = () => {
    const hex = (parts.uuid() + parts.uuid()).replaceAll('-', '')
    const time = Math.floor(now() / 1000).toString(16)
    return `Root=1-${time}-${hex.slice(0, 24)};Parent=${hex.slice(24, 40)};Sampled=0;Lineage=1:${hex.slice(40, 48)}:0`
  }

  const run = async (request: InvokeRequest): Promise<InvokeResult> => {
    if (!alive) throw stopped()
    const { requestId } = request
    let firstInitMs = 0
    let initMs: number | undefined
    let ended: Ended | undefined
    let invokedAt = performance.now()
    if (!initialised) {
      log.add(lines.initStart(), false)
      log.flush()
      const failed = await init('init', parts.initLimit ?? INIT_LIMIT)
      firstInitMs = performance.now() - invokedAt
      invokedAt = performance.now()
      if (failed) {
        child = start()
        ended = await init('invoke', spec.timeout * 1000)
      } else initMs = firstInitMs
      initialised = !ended
    }
    log.add(lines.start(requestId), true)
    log.flush()

    let answer: Answer | undefined = ended
    if (!answer) {
      const remaining = spec.timeout * 1000 - (performance.now() - invokedAt)
      answer = await ask(
        {
          kind: 'invoke',
          requestId,
          functionArn: request.functionArn ?? spec.arn,
          remaining,
          traceId: traceId(),
          clientContext: request.clientContext,
          identity: request.identity,
        },
        remaining,
        request.payload,
      )
    }

    const tookMs = performance.now() - invokedAt
    if (answer.kind === 'ended') {
      alive = false
      if (answer.why === 'stop') throw stopped()
    }
    const outcome =
      answer.kind === 'ended'
        ? { ...failure(requestId, answer), functionError: 'Unhandled' as const }
        : answer.kind === 'error'
          ? { payload: answer.payload, status: 'error' as const, functionError: 'Unhandled' as const }
          : { payload: answer.kind === 'response' ? answer.payload : Buffer.alloc(0), status: 'success' as const }
    const durationMs = outcome.status === 'timeout' ? spec.timeout * 1000 : tookMs
    const exhausted = answer.kind === 'ended' && answer.why === 'memory'
    const memoryUsedMb = exhausted ? spec.memory : Math.min(spec.memory, Math.ceil(peak))
    const billedMs = Math.ceil(durationMs + firstInitMs)
    const { payload, functionError, ...status } = { functionError: undefined, ...outcome }
    if (answer.kind === 'ended') log.add(lines.runtimeDone(requestId, durationMs, status), true)
    for (const line of lines.end({ requestId, durationMs, billedMs, memoryUsedMb, initMs, ...status }))
      log.add(line, true)
    const tail = log.takeTail()
    log.flush()
    return {
      payload,
      ...(functionError && { functionError }),
      tail,
      durationMs,
      billedMs,
      ...(initMs !== undefined && { initMs }),
      memoryUsedMb,
      logStream: parts.logStream,
    }
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
