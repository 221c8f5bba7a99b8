import { delimiter, dirname, join } from 'node:path'
import type { Credentials } from '../iam/sessions.ts'
import type { Bundle, FunctionSpec } from './types.ts'

/** The PATH of Lambda's Node.js image. */
const PATH = '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin'

/** Windows starts nothing without this one. */
export const SYSTEM: Record<string, string> =
  process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot ?? '' } : {}

/** Where modules of layers are looked for. On AWS it is one folder, `/opt`, in which the last layer lies on top. */
const nodePath = (layers: string[] = []): Record<string, string> => {
  const folders = layers
    .toReversed()
    .flatMap((layer) => [join(layer, 'nodejs', 'node24', 'node_modules'), join(layer, 'nodejs', 'node_modules')])
  return folders.length > 0 ? { NODE_PATH: folders.join(delimiter) } : {}
}

/**
 * The environment variables of an execution environment: those declared, and the runtime's own, which a function cannot
 * override (AWS refuses to create it). Nothing of this process's environment is among them.
 * Source: AWS Lambda, "Defined runtime environment variables".
 */
export const variables = (
  spec: FunctionSpec,
  bundle: Bundle,
  runtime: string,
  credentials: Credentials,
  logStream: string,
  endpoint: string,
): Record<string, string> => ({
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  PATH,
  ...SYSTEM,
  ...nodePath(spec.layers),
  ...spec.environment,
  AWS_ENDPOINT_URL: spec.environment.AWS_ENDPOINT_URL || endpoint,
  _HANDLER: spec.handler,
  AWS_REGION: spec.region,
  AWS_DEFAULT_REGION: spec.region,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: spec.name,
  AWS_LAMBDA_FUNCTION_VERSION: spec.version,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memory),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
  AWS_LAMBDA_LOG_STREAM_NAME: logStream,
  ...(spec.logFormat === 'JSON' && { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: spec.logLevel ?? 'INFO' }),
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SESSION_TOKEN: credentials.sessionToken,
  LAMBDA_TASK_ROOT: bundle.folder,
  LAMBDA_RUNTIME_DIR: dirname(runtime),
})

/** The path of a file of the runtime, from its bundle. */
export const scriptOf = (bundle: Bundle): string => join(bundle.folder, bundle.file)
