import type { Readable } from 'node:stream'
import type { Ground } from '../base/ground.ts'
import type { Access, Caller, ConditionKeys, Decision, PolicySource } from '../iam/types.ts'
import type { Protocol } from '../wire/types.ts'
import type { Sdks, ServiceName } from './sdks.ts'
import type { Tags } from './systemTags.ts'

/** Bytes that an operation takes or gives without holding them whole. */
export type Bytes = AsyncIterable<Uint8Array> | Readable | Uint8Array | string

/** The operations of an SDK package: the names of its commands without `Command`. */
export type OperationName<Sdk> = {
  [K in keyof Sdk]: K extends `${infer Name}Command`
    ? Sdk[K] extends abstract new (
        input: never,
      ) => unknown
      ? Name
      : never
    : never
}[keyof Sdk]

type Command<Sdk, Name> = Name extends string
  ? `${Name}Command` extends keyof Sdk
    ? Sdk[`${Name}Command`]
    : never
  : never

/** Members that the SDK calls required are there when an operation runs: the wire has refused the rest. */
type Filled<T> = { [K in keyof T]: Record<never, never> extends Pick<T, K> ? T[K] : Exclude<T[K], undefined> }
/** A streamed body is bytes to us; the SDK's mixins exist on its own side only. */
type Plain<T> = {
  [K in keyof T]: K extends 'Body' | 'body' | 'Payload'
    ? Exclude<T[K], undefined> extends string
      ? T[K]
      : Bytes
    : T[K]
}

/** What the operation `Name` takes, with its required members there. */
export type Input<Sdk, Name> =
  Command<Sdk, Name> extends new (
    ...input: infer In extends unknown[]
  ) => unknown
    ? Plain<Filled<NonNullable<In[0]>>>
    : never
/** What the operation `Name` gives back. */
export type Output<Sdk, Name> =
  Command<Sdk, Name> extends new (
    input: never,
  ) => {
    resolveMiddleware(...rest: never[]): (...args: never[]) => Promise<{ output: infer Out }>
  }
    ? Partial<Plain<Omit<Out, '$metadata'>>>
    : never

/** Facts of the request that conditions and logs look at; in-process calls inherit those of the call they stem from. */
export interface Facts {
  readonly requestId: string
  readonly sourceIp: string
  readonly userAgent?: string
  readonly referer?: string
  readonly secure: boolean
  /** The address that the client used, `http://127.0.0.1:4566`; addresses in answers are made from it. */
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
  /** Where the request's signature stood, and of when it is (`20260131T120000Z`); none where nobody signed. */
  readonly signature?: { readonly from: 'header' | 'query'; readonly timestamp: string }
  /** Whether a form of a web page was posted (S3). */
  readonly form?: boolean
}

/** Who asks, for which account and region, with which facts. */
export interface Context {
  readonly caller: Caller
  readonly account: string
  readonly region: string
  readonly facts: Facts
}

/** The operations of a service as functions: typed, decided by IAM like a request from outside. */
export type Client<Sdk> = {
  [Name in OperationName<Sdk>]: (input: Input<Sdk, Name>) => Promise<Output<Sdk, Name>>
}

/** Another service, called from within: as the caller, or as `as`. There is no undecided way. */
export type Cloud = <Name extends ServiceName>(service: Name, options?: { as?: Caller }) => Client<Sdks[Name]>

/**
 * IAM's decision on what is no operation of a service, the request for a stage of an API: by the caller's own policies and
 * `policies` together.
 */
export type Decide = (context: Context, access: Access, policies: readonly PolicySource[]) => Decision

/** What an operation gets besides its input. */
export interface Call<Store> extends Context {
  readonly store: Store
  readonly ground: Ground
  readonly cloud: Cloud
}

/** What the run of an operation gets. */
export interface OperationCall<Store> extends Call<Store> {
  /**
   * Asks for one more permission, which only the run knows that it needs: what is refused then is this operation.
   * @throws ServiceError
   */
  readonly ask: (access: Access) => void
}

/** One operation. */
export interface Operation<In, Out, Store> {
  /**
   * What the caller must be allowed to do: action, resource, condition keys of this call; several when AWS asks several
   * questions, none when it asks later. `'anyone'`: AWS asks for no permission (`sts:GetCallerIdentity`).
   */
  action: 'anyone' | ((input: In, call: OperationCall<Store>) => Access | Access[])
  run: (input: In, call: OperationCall<Store>) => Out | Promise<Out>
}

/** What a page of another origin asks, for CORS ("Fetch", section "CORS protocol"). */
export interface CrossOrigin {
  origin: string
  /** The method that the page wants to use. */
  method: string
  /** What it wants to send: the names of a header Access-Control-Request-Headers, in lower case. */
  headers: readonly string[]
  /** Whether the browser asks beforehand, instead of the page itself. */
  preflight: boolean
  /** S3: the bucket that is named, or `''`, and the path below it. */
  bucket: string
  path: string
}

/** What is the same for all operations of a service. */
export interface Definition<Sdk, Store> {
  /** The name in the credential scope, in ARNs and before the colon of an action: `s3`, `dynamodb`, `logs`. */
  name: string
  /**
   * The name in the credential scope, in ARNs and in actions, where that is another service's too: that of DynamoDB
   * Streams is `dynamodb`. Its requests are told by `target`, or by `paths`.
   */
  scope?: string
  /** The paths that are this service's, where another one has the same scope: `/v2/…` for SES's second version. */
  paths?: RegExp
  /** The SDK's package: its schemas are the wire. Loaded at the service's first request. */
  sdk: () => Promise<Sdk>
  protocol: Protocol
  /** XML namespace of the answers (query and REST XML). */
  namespace?: string
  /** `x-amz-target` is `<target>.<Operation>` (JSON protocols). */
  target?: string
  /** API version of the query protocol, by which an unsigned form names its service. */
  version?: string
  /** Operations that AWS takes without a signature: some of STS and Cognito. S3 takes all of its own so, as anonymous. */
  unsigned?: readonly string[]
  /** The error code of a call that IAM refuses: `AccessDenied`, `AccessDeniedException`. */
  denied: string
  /** Largest request body, in bytes, of operations that do not stream theirs. */
  largest?: number
  /**
   * Makes the service's tables and what it keeps in memory, once for a cloud. `cloud` is for what no request stands
   * behind (see `background`): to be called once the cloud runs, not while the store is made.
   */
  store: (ground: Ground, cloud: (context: Context) => Cloud, decide: Decide) => Store
  /**
   * The policy that hangs on a resource of this service: bucket policy, function policy, trust policy of a role. With an
   * action it may be left out where it cannot be about that.
   */
  resourcePolicy?: (arn: string, store: Store, action?: string) => PolicySource | undefined
  /** The policies of a principal; only the service `iam` has them. */
  identityPolicies?: (principalArn: string, store: Store) => readonly PolicySource[]
  /** Condition keys that a principal brings along: its tags. Only the service `iam` knows them. */
  principalKeys?: (principalArn: string, store: Store) => ConditionKeys
  /**
   * The headers that let a page of another origin read an answer. Without it they are AWS's own, which let every page.
   * Throws what a preflight is refused with.
   */
  crossOrigin?: (asked: CrossOrigin, store: Store) => Record<string, string>
  /** The CloudFormation types that this service creates, by their names. */
  resources?: Record<string, ResourceType<Store>>
}

/** A CloudFormation resource, its properties resolved. */
export interface Resource {
  logicalId: string
  /** For `create`: the name that CloudFormation would make up. */
  physicalId: string
  type: string
  properties: Record<string, unknown>
}

/** What a resource looks like once it is there: Ref, and the attributes of GetAtt. */
export interface Created {
  physicalId: string
  /** What `Ref` gives, where that is not the physical id. */
  ref?: string
  attributes?: Record<string, unknown>
}

export interface ResourceCall<Store> extends Call<Store> {
  readonly stack: { name: string; id: string }
}

/** How a CloudFormation type is made, changed and removed: through the operations, as the one who deploys. */
export interface ResourceType<Store> {
  /** Every property that the type has; another one is an error that names it. */
  properties: readonly string[]
  /** Properties whose change needs a new resource. */
  replacedBy?: readonly string[]
  /** Where its tags stand, unless that is a list of keys and values named `Tags`. */
  tags?: { property?: string; asMap?: boolean }
  /**
   * Hangs on it the tags that only AWS can: not by an operation, and in the transaction that tells of the step. Types
   * have it that get them on AWS (`cloudFormationSystemTags` of their schema in CloudFormation's registry).
   */
  systemTags?(resource: Resource, tags: Tags, call: ResourceCall<Store>): void
  /** When it fails after an operation has come off, what that made is deleted, as after a cut (see `delete`). */
  create(resource: Resource, call: ResourceCall<Store>): Promise<Created>
  update(resource: Resource, before: Resource, call: ResourceCall<Store>): Promise<Created>
  /**
   * That nothing is there is as well. After a creation that was cut short `physicalId` is only what it should have been:
   * the name that the properties give, or the one that CloudFormation made up.
   */
  delete(resource: Resource, call: ResourceCall<Store>): Promise<void>
}

/** A service: its definition and its operations by name. An operation that is not here answers 501. */
export interface Service<Sdk = unknown, Store = unknown> extends Definition<Sdk, Store> {
  operations: { [Name in string]?: Operation<never, unknown, Store> }
}

/** Puts a service together; the SDK's types check every operation's input and output. */
export const service = <Sdk, Store>(
  definition: Definition<Sdk, Store>,
  operations: { [Name in OperationName<Sdk>]?: Operation<Input<Sdk, Name>, Output<Sdk, Name>, Store> },
): Service => ({ ...definition, operations }) as unknown as Service
