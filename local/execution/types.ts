import type { Credentials } from '../iam/sessions.ts'

/** Where a function's code comes from. */
export type Code =
  | {
      /** A folder with TypeScript, bundled by esbuild as `sam build` does (settings: `Metadata.BuildProperties`). */
      kind: 'source'
      folder: string
      /** `BuildProperties` of the template's esbuild block, as they stand there. */
      build: Record<string, unknown>
    }
  | {
      /** A deployment package, unpacked into `folder`. */
      kind: 'package'
      folder: string
    }

/** Code that is ready to run. */
export interface Bundle {
  /** `LAMBDA_TASK_ROOT`. */
  folder: string
  /** The handler's file, relative to `folder`. */
  file: string
  /** SHA-256 of the code in base64, as in `CodeSha256`. Of a package: of the handler's file. */
  sha256: string
  /** Bytes of the code. */
  size: number
  /** Where the source map is: beside the folder, so that the function runs exactly what `sam build` makes. */
  map?: string
}

/** All that an execution environment is made from. Another `revision` means new environments. */
export interface FunctionSpec {
  name: string
  arn: string
  /** `$LATEST` */
  version: string
  /** `file.export` */
  handler: string
  /** MB */
  memory: number
  /** seconds */
  timeout: number
  /** Exactly as declared. */
  environment: Record<string, string>
  code: Code
  /** Folders that stand for `/opt`, the first one below. */
  layers?: string[]
  region: string
  logGroup: string
  logFormat: 'Text' | 'JSON'
  /** The lowest level of `console` that is logged in format JSON; INFO when missing, as on AWS. */
  logLevel?: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'
  /** Changes whenever code or configuration change. */
  revision: string
  /** How many environments may run at once. */
  concurrency: number
  /** Credentials of the function's role, made anew before they expire. */
  credentials: () => Promise<Credentials>
}

export interface InvokeRequest {
  requestId: string
  /** The ARN as it was invoked, with its qualifier; `spec.arn` when missing. */
  functionArn?: string
  /** JSON */
  payload: Uint8Array
  /** What causes the invocation's own calls: 16 hexadecimal digits, the parent in its trace header. */
  parent?: string
  /** The decoded client context, `context.clientContext`. */
  clientContext?: unknown
  /** `context.identity` of a caller with credentials of an identity pool. */
  identity?: { cognitoIdentityId: string; cognitoIdentityPoolId: string }
}

/** What came of an invocation. */
export interface InvokeResult {
  /** The function's JSON, or the error document `{ errorType, errorMessage, trace }`. */
  payload: Uint8Array
  functionError?: 'Unhandled'
  /** The last 4 KB of this invocation's log. */
  tail: string
  durationMs: number
  billedMs: number
  /** Of a cold start. */
  initMs?: number
  memoryUsedMb: number
  logStream: string
}

export interface FunctionLogLine {
  /** ms since the epoch */
  at: number
  /** One event of the log, with the line feed at its end that CloudWatch Logs shows (none after JSON). */
  message: string
}

/** Runs functions in execution environments: child processes, one event at a time each. */
export interface Execution {
  /** The code that would run, built if need be: what `CodeSha256` and `CodeSize` tell. Throws `RuntimeError`. */
  bundle(code: Code, handler: string): Promise<Bundle>
  /** Throws `ServiceError('TooManyRequestsException', …)` when no environment is free and no more may be started. */
  invoke(spec: FunctionSpec, request: InvokeRequest): Promise<InvokeResult>
  /** Ends a function's environments once they are idle. */
  retire(functionArn: string): void
  /** Ends every environment at once, and every child with it. */
  stop(): Promise<void>
}

export interface ExecutionOptions {
  /** Where bundles are cached. */
  cache: string
  /** `AWS_ENDPOINT_URL` of the environments: the door. */
  endpoint: () => string
  now: () => number
  uuid: () => string
  /** Every line that an environment logs, START, END and REPORT among them, as it comes. */
  onLog: (spec: FunctionSpec, logStream: string, lines: FunctionLogLine[]) => void
}
