/*
 * Runs inside an execution environment: loads the handler once, then runs it for one event after the other.
 * Bundled into one file at first use, so that an environment starts without taking types out of anything. Modules of Node
 * that bring many others (fs, util, stream, net) are taken by `getBuiltinModule`, where they are needed: an import makes all
 * that they have, which takes 10 ms of 40.
 */
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { RuntimeError } from '../errors.ts'
import { frame, type RuntimeRequest, writeFrame } from '../frames.ts'
import { flushRaw, invocation, logError, logFor, patchConsole } from './console.ts'
import { asError, errorDocument } from './errors.ts'
import { type Handler, loadHandler } from './handler.ts'
import { residentReader } from './memory.ts'
import { openRequests } from './requests.ts'

/** The largest answer of a synchronous invocation, in bytes of JSON. */
const LARGEST_ANSWER = 6_291_556

const { env } = process
const { setImmediate } = globalThis
/** What was left to do, and errors that nobody handled, come first. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
let handler: Handler | undefined
let phase: 'bare' | 'init' | 'idle' | 'invoke' = 'bare'

/** The resident memory in KB. (`maxRSS` would count what the parent had when it forked.) */
const resident = residentReader()

/** The resident memory goes before the JSON. */
const answer = (type: number, json = '') => {
  const memory = Buffer.allocUnsafe(4)
  memory.writeUInt32BE(resident())
  writeFrame(type, memory, Buffer.from(json))
}

const stringify = (value: unknown): string => {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? 'null'
  } catch {
    throw new RuntimeError('Runtime.JSONStringifyError', 'Unable to stringify response body')
  }
}

const init = async () => {
  phase = 'init'
  try {
    // What V8 makes of the code is kept beside the bundles: the next environment loads the AWS SDK in two thirds.
    enableCompileCache(join(env.LAMBDA_RUNTIME_DIR ?? '', '..', '..', 'compiled'))
    handler = await loadHandler(env.LAMBDA_TASK_ROOT ?? '', env._HANDLER ?? '')
    phase = 'idle'
    flushCompileCache()
    flushRaw()
    requests.ref()
    answer(frame.ready)
  } catch (error) {
    logError('Init Error', error)
    flushRaw()
    writeFrame(frame.initError, Buffer.from(JSON.stringify(errorDocument(error))))
    process.exit(1)
  }
}

const contextOf = (request: RuntimeRequest & { kind: 'invoke' }) => {
  const deadline = Date.now() + request.remaining
  return {
    callbackWaitsForEmptyEventLoop: true,
    clientContext: request.clientContext,
    identity: request.identity,
    invokedFunctionArn: request.functionArn,
    awsRequestId: request.requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  }
}

const respond = (json: string) => {
  if (Buffer.byteLength(json) <= LARGEST_ANSWER) return answer(frame.response, json)
  process.stderr.write(
    `[ERROR] [${Date.now()}] LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413. \n`,
  )
  answer(
    frame.error,
    JSON.stringify({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${LARGEST_ANSWER} bytes).`,
    }),
  )
}

const invoke = async (request: RuntimeRequest & { kind: 'invoke' }, payload: Buffer) => {
  phase = 'invoke'
  writeFrame(frame.begun)
  env._X_AMZN_TRACE_ID = request.traceId
  let done: () => void
  try {
    const event: unknown = payload.length > 0 ? JSON.parse(payload.toString()) : {}
    const result = await handler?.(event, contextOf(request))
    await turn()
    const json = stringify(result)
    done = () => respond(json)
  } catch (error) {
    await turn()
    logError('Invoke Error', error)
    const document = JSON.stringify(errorDocument(error))
    done = () => answer(frame.error, document)
  }
  flushRaw()
  phase = 'idle'
  requests.ref()
  done()
}

/** Nobody waits for what failed: the environment ends, and with it the invocation that is running. */
const fatal = (heading: string, error: Error, status: number) => {
  logError(heading, error)
  flushRaw()
  const document = JSON.stringify(errorDocument(error))
  if (phase === 'init') writeFrame(frame.initError, Buffer.from(document))
  else answer(frame.fatal, document)
  process.exit(status)
}

process.on('uncaughtException', (error: unknown) => fatal('Uncaught Exception', asError(error), 129))
process.on('unhandledRejection', (reason: unknown, promise: unknown) => {
  const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason))
  fatal('Unhandled Promise Rejection', Object.assign(error, { reason, promise }), 128)
})
process.on('exit', flushRaw)

patchConsole()
const requests = openRequests()

const main = async () => {
  for (;;) {
    const [request, payload] = await requests.next()
    // As on AWS the runtime itself keeps no process alive: a handler that waits for nothing ends it.
    requests.unref()
    if (request.kind === 'init') {
      await init()
      await turn()
    } else {
      logFor(request.requestId)
      await invocation.run(request.requestId, () => invoke(request, payload))
    }
  }
}
void main()
