import type { Bundle, InvokeRequest, InvokeResult } from '../../execution/types.ts'
import type { Statement } from '../../iam/types.ts'
import type { AssumedRole } from '../roles.ts'
import type { Cloud } from '../service.ts'
import type { Layers } from './layerStore.ts'
import type { Mappings } from './mappingStore.ts'
import type { StoredCode } from './storedCode.ts'

export type { StoredCode }

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'

/** A layer as a function has it. */
export interface UsedLayer {
  /** Of the version. */
  arn: string
  /** Bytes */
  size: number
  content: Exclude<StoredCode, { kind: 'source' }>
}

/** All that is set of a function, besides its code. */
export interface Configuration {
  runtime: string
  role: string
  handler: string
  description: string
  /** seconds */
  timeout: number
  /** MB */
  memory: number
  /** Exactly as declared. */
  environment: Record<string, string>
  architecture: 'x86_64' | 'arm64'
  /** MB of `/tmp` */
  storage: number
  logFormat: 'Text' | 'JSON'
  /** With format JSON only. */
  logLevel?: LogLevel
  logGroup: string
  /** ARN of a queue or topic */
  deadLetter?: string
  /** In the order in which they are laid over each other; none in functions of older states. */
  layers?: UsedLayer[]
}

/** How asynchronous events are tried and where their outcome goes (PutFunctionEventInvokeConfig). */
export interface AsynchronousConfig {
  /** ms since the epoch */
  modified: number
  /** Tries after the first one. */
  attempts?: number
  /** seconds */
  age?: number
  /** ARN of a function */
  onSuccess?: string
  onFailure?: string
}

/** A function as the state has it; never changed in place. Times in ms since the epoch. */
export interface LambdaFunction {
  readonly account: string
  readonly region: string
  readonly name: string
  readonly arn: string
  readonly configuration: Configuration
  readonly code: StoredCode
  readonly revision: string
  readonly modified: number
  /** The function's policy, in the order in which it was written. */
  readonly statements: readonly Statement[]
  readonly policyRevision: string
  /** Reserved concurrency. */
  readonly reserved?: number
  readonly asynchronous?: AsynchronousConfig
  readonly tags: Readonly<Record<string, string>>
}

/** A line that a function logged. */
export interface FunctionLine {
  functionName: string
  functionArn: string
  logGroup: string
  logStream: string
  /** ms since the epoch */
  at: number
  message: string
}
export type LineListener = (line: FunctionLine) => void

/** The functions of a cloud, and what runs them. */
export interface LambdaStore {
  find(arn: string): LambdaFunction | undefined
  /** In the order of their names. */
  list(account: string, region: string): LambdaFunction[]
  save(fn: LambdaFunction): void
  remove(fn: LambdaFunction): void
  readonly mappings: Mappings
  readonly layers: Layers
  /** A new folder for a package, by its id; the folder is not there yet. */
  newPackage(): { id: string; folder: string }
  /** Removes a package that no function has. */
  dropPackage(code: StoredCode): void
  /** The function's role as Lambda uses it. @throws ServiceError when Lambda may not assume it. */
  role(fn: RoleOf): Promise<AssumedRole>
  /** What the code of local sources becomes, built if need be. @throws RuntimeError when it does not build */
  bundle(fn: LambdaFunction): Promise<Bundle>
  /** The same as it was when somebody last asked; nothing when nobody has. */
  lastBundle(fn: LambdaFunction): Bundle | undefined
  /** Runs a function. @throws ServiceError `TooManyRequestsException`; Error when the cloud stops meanwhile */
  execute(fn: LambdaFunction, request: InvokeRequest): Promise<InvokeResult>
  /** The calls that a function's role makes by itself: log lines, destinations. */
  asRole(fn: LambdaFunction): Promise<Cloud>
  /** Hears each line that a function logs, as it comes. Gives a function that ends it. */
  onLine(listener: LineListener): () => void
  /** Resolves when what functions have logged so far is in CloudWatch Logs. */
  logged(): Promise<void>
  /** Ends every execution environment, and brings the last lines to the log. */
  stop(): Promise<void>
}

/** Whose role: a function that is there, or one about to be. */
export interface RoleOf {
  name: string
  arn: string
  region: string
  account: string
  configuration: Pick<Configuration, 'role'>
}

/** The queue of the outbox where asynchronous events wait. */
export const ASYNCHRONOUS = 'lambda'

/** An event that was accepted and is still to be delivered. */
export interface AsynchronousEvent {
  /** The same over all tries. */
  requestId: string
  functionArn: string
  /** With the qualifier, if it was invoked with one. */
  invokedArn: string
  /** JSON */
  payload: string
  identity?: InvokeRequest['identity']
  /** How often the function failed. */
  failures: number
  /** How often there was no environment for it. */
  throttles: number
}
