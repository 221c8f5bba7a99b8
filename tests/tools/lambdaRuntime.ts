/**
 * The runtime client of the stand-in image (see lambda-image): takes one event after another from the Lambda Runtime API
 * (Lambda developer guide, "Building a custom runtime") and hands it to the handler. Runs alone inside the container.
 */
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

type Handler = (event: unknown, context: object) => unknown

const {
  AWS_LAMBDA_RUNTIME_API: host,
  LAMBDA_TASK_ROOT: root = '/var/task',
  _HANDLER: named = '',
  AWS_LAMBDA_FUNCTION_NAME: functionName,
  AWS_LAMBDA_FUNCTION_VERSION: functionVersion,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryLimitInMB,
  AWS_LAMBDA_LOG_GROUP_NAME: logGroupName,
  AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
} = process.env
const api = `http://${host}/2018-06-01/runtime`

const post = (path: string, body: unknown) => fetch(api + path, { method: 'POST', body: JSON.stringify(body) })

/** An error as Lambda tells it; what is thrown need not be one. */
const told = (thrown: unknown) => {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] }
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') }
}

const failure = (name: string, message: string) => Object.assign(new Error(message), { name })

/** As in Lambda's own image: what is imported and not found beside the function is looked for in its layers. */
const LAYERS = 'file:///opt/nodejs/layer.mjs'
registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context)
    } catch (error) {
      if (/^(\.{0,2}\/|[a-z]+:)/.test(specifier) || context.parentURL === LAYERS) throw error
      return next(specifier, { ...context, parentURL: LAYERS })
    }
  },
})

const load = async (): Promise<Handler> => {
  const dot = named.lastIndexOf('.')
  const [file, member] = [named.slice(0, dot), named.slice(dot + 1)]
  const path = ['.mjs', '.js', '.cjs'].map((end) => `${root}/${file}${end}`).find(existsSync)
  if (!path) throw failure('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`)
  const handler = (await import(path))[member]
  if (typeof handler !== 'function') throw failure('Runtime.HandlerNotFound', `${named} is undefined or not exported`)
  if (handler.length > 2)
    throw failure('Runtime.CallbackHandlerDeprecated', 'Handlers that take a callback are not supported')
  return handler
}

const serve = async (handler: Handler): Promise<never> => {
  for (;;) {
    const next = await fetch(`${api}/invocation/next`)
    const id = next.headers.get('lambda-runtime-aws-request-id')
    const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'))
    const event = await next.json()
    const context = {
      awsRequestId: id,
      functionName,
      functionVersion,
      memoryLimitInMB,
      logGroupName,
      logStreamName,
      invokedFunctionArn: next.headers.get('lambda-runtime-invoked-function-arn'),
      getRemainingTimeInMillis: () => deadline - Date.now(),
    }
    try {
      await post(`/invocation/${id}/response`, (await handler(event, context)) ?? null)
    } catch (thrown) {
      console.error(thrown)
      await post(`/invocation/${id}/error`, told(thrown))
    }
  }
}

try {
  await serve(await load())
} catch (thrown) {
  await post('/init/error', told(thrown))
  process.exit(1)
}
