import type { Cancel } from '../../base/clock.ts'
import { ServiceError } from '../../base/errors.ts'
import type { Ground } from '../../base/ground.ts'
import type { FunctionLogLine, FunctionSpec } from '../../execution/types.ts'
import type { Sdks } from '../sdks.ts'
import type { Client, Cloud } from '../service.ts'
import { createLineKeeper } from './keptLines.ts'
import type { LambdaFunction, LineListener } from './types.ts'

type Logs = Client<Sdks['logs']>

export interface LogShipping {
  take(spec: FunctionSpec, logStream: string, lines: FunctionLogLine[]): void
  /** What was taken so far survives a kill: to be called before an invocation is answered. */
  keep(): void
  onLine(listener: LineListener): () => void
  /** Sends what has not been sent yet; resolves when it is there, or lost with a word in the cloud's log. */
  flush(): Promise<void>
  /** Nothing is taken any more. */
  close(): void
}

/** Lines go together that come within so many ms: a call of PutLogEvents costs as much as several invocations. */
const SOON = 25
/** Limits of PutLogEvents: events and bytes of a batch, with 26 bytes for each event besides its message. */
const MOST_EVENTS = 10_000
const LARGEST_BATCH = 1_048_576
const OVERHEAD = 26

/** The lines of one stream that wait to be sent. */
interface Waiting {
  fn: LambdaFunction
  logGroupName: string
  logStreamName: string
  lines: FunctionLogLine[]
  /** How many of them are safe from a kill. */
  kept: number
}

/** Cuts a line that is too long for one event, between characters. */
const cut = ({ at, message }: FunctionLogLine): FunctionLogLine[] => {
  const most = LARGEST_BATCH - OVERHEAD
  if (message.length * 3 <= most || Buffer.byteLength(message) <= most) return message ? [{ at, message }] : []
  const part = Buffer.from(message)
    .subarray(0, most)
    .toString()
    .replace(/\ufffd+$/, '')
  return [{ at, message: part }, ...cut({ at, message: message.slice(part.length) })]
}

/** The batches that PutLogEvents takes: in the order of time, within its limits. */
export const batchesOf = (lines: readonly FunctionLogLine[]): FunctionLogLine[][] => {
  const batches: FunctionLogLine[][] = []
  let bytes = 0
  for (const line of lines.flatMap(cut).sort((a, b) => a.at - b.at)) {
    const size = Buffer.byteLength(line.message) + OVERHEAD
    const batch = batches.at(-1)
    if (batch && batch.length < MOST_EVENTS && bytes + size <= LARGEST_BATCH) {
      batch.push(line)
      bytes += size
    } else {
      batches.push([line])
      bytes = size
    }
  }
  return batches
}

const isMissing = (error: unknown) => error instanceof ServiceError && error.code === 'ResourceNotFoundException'
const isThere = (error: unknown) => error instanceof ServiceError && error.code === 'ResourceAlreadyExistsException'

/**
 * Brings what functions log to CloudWatch Logs, as the function's role: without `logs:PutLogEvents` its lines are lost,
 * and the cloud's own log says so once for each function. `find` is asked as lines come: a function that is deleted
 * meanwhile still logs what it had to say.
 */
export const createLogShipping = (
  { state, clock, log }: Ground,
  find: (functionArn: string) => LambdaFunction | undefined,
  asRole: (fn: LambdaFunction) => Promise<Cloud>,
): LogShipping => {
  const keeper = createLineKeeper(state.folder)
  const listeners = new Set<LineListener>()
  const waiting = new Map<string, Waiting>()
  /** Those with lines that a kill would take, also while they are being sent. */
  const unkept = new Set<Waiting>()
  const told = new Set<string>()
  let soon: Cancel | undefined
  let sending = Promise.resolve()

  const put = async (logs: Logs, { logGroupName, logStreamName, lines }: Waiting) => {
    for (const batch of batchesOf(lines)) {
      const logEvents = batch.map(({ at, message }) => ({ timestamp: at, message }))
      await logs.PutLogEvents({ logGroupName, logStreamName, logEvents })
    }
  }
  const send = async (batch: Waiting) => {
    const logs = (await asRole(batch.fn))('logs')
    const { logGroupName, logStreamName } = batch
    const stream = () =>
      logs.CreateLogStream({ logGroupName, logStreamName }).catch((error) => {
        if (!isThere(error)) throw error
      })
    try {
      await put(logs, batch)
    } catch (error) {
      if (!isMissing(error)) throw error
      await stream().catch(async (missing) => {
        if (!isMissing(missing)) throw missing
        await logs.CreateLogGroup({ logGroupName })
        await stream()
      })
      await put(logs, batch)
    }
  }
  const flush = async () => {
    soon?.()
    soon = undefined
    const batches = [...waiting.values()]
    waiting.clear()
    const forget = keeper.turn()
    for (const batch of batches) {
      await send(batch).then(
        () => void told.delete(batch.fn.arn),
        (error) => {
          if (told.has(batch.fn.arn)) return
          told.add(batch.fn.arn)
          const text = `the log lines of ${batch.fn.name} are lost: ${(error as Error).message}`
          log({ level: 'warn', from: 'lambda', text, cause: error instanceof ServiceError ? undefined : error })
        },
      )
      unkept.delete(batch)
    }
    forget()
    // Some of what was sent may have been kept meanwhile.
    if (waiting.size === 0) keeper.clear()
  }
  const flushInTurn = () => {
    sending = sending.then(flush)
    return sending
  }
  /** Nothing for lines of a function that is not there any more. */
  const wait = (arn: string, logGroupName: string, logStreamName: string, lines: FunctionLogLine[]) => {
    const key = `${arn} ${logGroupName} ${logStreamName}`
    const fn = waiting.get(key)?.fn ?? find(arn)
    if (!fn) return undefined
    const batch = waiting.get(key) ?? { fn, logGroupName, logStreamName, lines: [], kept: 0 }
    waiting.set(key, batch)
    batch.lines.push(...lines)
    soon ??= clock.after(SOON, flushInTurn)
    return batch
  }
  for (const { arn, logGroup, logStream, lines } of keeper.left) {
    const batch = wait(arn, logGroup, logStream, lines)
    if (batch) batch.kept = batch.lines.length
  }

  return {
    take({ name, arn, logGroup }, logStream, lines) {
      for (const { at, message } of lines)
        for (const listener of listeners)
          listener({ functionName: name, functionArn: arn, logGroup, logStream, at, message })
      const batch = wait(arn, logGroup, logStream, lines)
      if (batch) unkept.add(batch)
    },
    keep() {
      for (const batch of unkept) {
        const { fn, logGroupName: logGroup, logStreamName: logStream, lines, kept } = batch
        keeper.add({ arn: fn.arn, logGroup, logStream, lines: lines.slice(kept) })
        batch.kept = lines.length
      }
      unkept.clear()
    },
    onLine(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    flush: flushInTurn,
    close: keeper.close,
  }
}
