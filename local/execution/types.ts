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
  region: string
  logGroup: string
  logFormat: 'Text' | 'JSON'
  /** Changes whenever code or configuration change. */
  revision: string
  /** How many environments may run at once. */
  concurrency: number
  /** Credentials of the function's role, made anew before they expire. */
  credentials: () => Promise<Credentials>
}

export interface InvokeRequest {
  requestId: string
  /** JSON */
  payload: Uint8Array
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
  message: string
}

/** Runs functions in execution environments: child processes, one event at a time each. */
export interface Execution {
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

export declare const createExecution: (options: ExecutionOptions) => Execution
