import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBundler } from './bundle.ts'
import { createEnvironment } from './environment.ts'
import { RuntimeError } from './errors.ts'
import { createKeeper } from './keeper.ts'
import { createPool, type Made } from './pool.ts'
import { createLogWriter, platformLines } from './report.ts'
import { createSources } from './sources.ts'
import type { Bundle, Code, Execution, ExecutionOptions, FunctionSpec, InvokeRequest, InvokeResult } from './types.ts'
import { scriptOf, variables } from './variables.ts'

/** The runtime itself is bundled and cached like a function. */
const RUNTIME: Code = {
  kind: 'source',
  folder: dirname(fileURLToPath(import.meta.url)),
  build: { Format: 'esm', OutExtension: ['.js=.mjs'], Target: 'node24', Minify: false },
}

/** Execution environments as AWS Lambda gives them to a function of runtime `nodejs24.x`, on this machine. */
export const createExecution = (options: ExecutionOptions): Execution => {
  const { now, uuid } = options
  const bundler = createBundler(options.cache)
  const keeper = createKeeper()
  const sources = createSources()
  let stopped = false

  /** In a log group of one's own, which functions may share, the stream carries the function's name. */
  const streamName = ({ name, version, logGroup }: FunctionSpec) => {
    const day = new Date(now()).toISOString().slice(0, 10).replaceAll('-', '/')
    return `${day}/${logGroup === `/aws/lambda/${name}` ? '' : name}[${version}]${uuid().replaceAll('-', '')}`
  }

  const make = async (spec: FunctionSpec, bundle: Bundle, onDeath: () => void): Promise<Made> => {
    const [runtime, guard, credentials] = await Promise.all([
      bundler.bundle(RUNTIME, 'runtime/index.run'),
      bundler.bundle(RUNTIME, 'runtime/keeper.run'),
      spec.credentials(),
    ])
    keeper.start(scriptOf(guard))
    const logStream = streamName(spec)
    const script = scriptOf(runtime)
    const environment = createEnvironment({
      spec,
      bundle,
      script,
      variables: variables(spec, bundle, script, credentials, logStream, options.endpoint()),
      logStream,
      keeper,
      now,
      uuid,
      onLog: (lines) => options.onLog(spec, logStream, lines),
      toSources: sources(bundle),
      onDeath,
    })
    return { environment, expiration: credentials.expiration }
  }

  const pool = createPool({ now, make })

  /** What a function gets whose code does not build: on AWS it would not have been deployed. */
  const refused = (spec: FunctionSpec, request: InvokeRequest, error: RuntimeError): InvokeResult => {
    const { requestId } = request
    const logStream = streamName(spec)
    const lines = platformLines(spec, now)
    const log = createLogWriter(now, (ready) => options.onLog(spec, logStream, ready))
    const document = { errorType: error.name, errorMessage: error.message, trace: [`${error.name}: ${error.message}`] }
    const timestamp = new Date(now()).toISOString()
    log.add(lines.start(requestId), true)
    log.add(
      spec.logFormat === 'Text'
        ? `${timestamp}\t${requestId}\tERROR\t${error.name}: ${error.message}\n`
        : JSON.stringify({ timestamp, level: 'ERROR', requestId, message: document }),
      true,
    )
    const result = { durationMs: 0, billedMs: 0, memoryUsedMb: 0 }
    for (const line of lines.end({ requestId, ...result, status: 'error', errorType: error.name })) log.add(line, true)
    const tail = log.takeTail()
    log.flush()
    return {
      payload: Buffer.from(JSON.stringify(document)),
      functionError: 'Unhandled',
      tail: tail(),
      ...result,
      logStream,
    }
  }

  return {
    bundle: (code, handler) => bundler.bundle(code, handler),
    async invoke(spec, request) {
      if (stopped) throw new Error('The execution environments were ended.')
      const leave = pool.enter(spec)
      try {
        const bundle = bundler.ready(spec.code, spec.handler) ?? (await bundler.bundle(spec.code, spec.handler))
        return await pool.run(spec, bundle, request)
      } catch (error) {
        if (error instanceof RuntimeError) return refused(spec, request, error)
        throw error
      } finally {
        leave()
      }
    },
    retire: (arn) => pool.retire(arn),
    async stop() {
      stopped = true
      await pool.stop()
      await keeper.stop()
      await bundler.stop()
    },
  }
}
