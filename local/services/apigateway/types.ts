import type {
  ApiKey,
  Authorizer,
  GatewayResponse,
  Model,
  RequestValidator,
  Resource,
  RestApi,
  Stage,
  TestInvokeAuthorizerRequest,
  TestInvokeAuthorizerResponse,
  TestInvokeMethodRequest,
  TestInvokeMethodResponse,
  UsagePlan,
} from '@aws-sdk/client-api-gateway'
import type { Ground } from '../../base/ground.ts'
import type { Access, Caller, Decision, PolicySource } from '../../iam/types.ts'
import type { Cloud, Context, Facts } from '../service.ts'

/**
 * An API as a stage serves it: what CreateDeployment froze, in the shapes of AWS's own model, and the stage as it is now.
 * The same object for as long as nothing of it changes: what is made from it once (routes, templates, schemas) is kept by it.
 */
export interface DeployedApi {
  readonly account: string
  readonly region: string
  /** With `policy` as plain JSON text. */
  readonly restApi: RestApi
  /** Each with its `path` (`/books/{id}`) and `resourceMethods`, which hold integration, method and integration responses. */
  readonly resources: readonly Resource[]
  readonly models: readonly Model[]
  readonly requestValidators: readonly RequestValidator[]
  readonly authorizers: readonly Authorizer[]
  /** Those that were customised; of the others the defaults hold. */
  readonly gatewayResponses: readonly GatewayResponse[]
  /** `methodSettings` by `<method path>/<METHOD>`, a slash of the path as `~1`, and `*` + `/*` for all. */
  readonly stage: Stage
}

/** Headers as they were sent, in their order and spelling, one entry for each line. */
export type Headers = readonly (readonly [name: string, value: string])[]

/** A request to a stage of an API. */
export interface ApiRequest {
  readonly method: string
  /** Below the stage, as it was sent (percent signs and all), with its leading slash. */
  readonly path: string
  /** After the `?`, as it was sent; `''` where there is none. */
  readonly rawQuery: string
  readonly headers: Headers
  readonly body: Buffer
  /** `HTTP/1.1` */
  readonly protocol: string
  /** The host that was asked: `a1b2c3.execute-api.localhost`. */
  readonly domainName: string
  /** Who signed; anonymous where nobody did. */
  readonly caller: Caller
  /** What is wrong with the signature that was sent: a method that asks for one answers it, others do not look at it. */
  readonly refused?: { readonly code: string; readonly message: string }
  /** `sourceIp`, `userAgent` and the rest; `requestId` becomes `$context.requestId`. */
  readonly facts: Facts
}

/** What a stage answers. */
export interface ApiResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** A use of an API key that counts against the quota of its plan. Days are `2026-01-31`, UTC. */
export interface Use {
  readonly account: string
  readonly region: string
  readonly usagePlanId: string
  readonly keyId: string
  /** Today. */
  readonly day: string
  /** First and last day of the quota's period; for a plan without quota both are today. */
  readonly from: string
  readonly to: string
  /** Requests in the period; none: no quota, only counted. */
  readonly limit?: number
}

/** What execution needs from outside, once for a cloud. */
export interface Ports {
  readonly ground: Ground
  /** The other services, called as a context says: what a service's store is given. */
  readonly cloud: (context: Context) => Cloud
  /** IAM's decision by the caller's own policies and `policies` together, with the global condition keys of the context. */
  readonly decide: (context: Context, access: Access, policies: readonly PolicySource[]) => Decision
  /** The key of this value (compared in constant time) in account and region, and the plan that covers the stage. */
  readonly findKey: (api: DeployedApi, value: string) => { readonly key: ApiKey; readonly plan?: UsagePlan } | undefined
  /** Counts one use. Gives what is left of the period's quota; undefined, and counts nothing, when nothing was left. */
  readonly countUse: (use: Use) => number | undefined
  /** The role of the account's settings by which logs are written (`cloudwatchRoleArn`); without one nothing is written. */
  readonly logsRole: (account: string, region: string) => string | undefined
}

/** The data plane of a cloud: from a request for a stage to its response. */
export interface Executor {
  execute(api: DeployedApi, request: ApiRequest): Promise<ApiResponse>
  /**
   * TestInvokeMethod: neither authorizers nor keys nor throttles, and the execution log in the answer. `api` is what is
   * there undeployed, its stage `{ stageName: 'test-invoke-stage' }`.
   * @throws ServiceError `NotFoundException` when there is no such resource or method
   */
  testMethod(
    api: DeployedApi,
    input: Omit<TestInvokeMethodRequest, 'restApiId'>,
    context: Context,
  ): Promise<TestInvokeMethodResponse>
  /** TestInvokeAuthorizer. @throws ServiceError `NotFoundException` when there is no such authorizer */
  testAuthorizer(
    api: DeployedApi,
    input: Omit<TestInvokeAuthorizerRequest, 'restApiId'>,
    context: Context,
  ): Promise<TestInvokeAuthorizerResponse>
  /** FlushStageCache. */
  flushStage(apiId: string, stageName: string): void
  /** FlushStageAuthorizersCache. */
  flushAuthorizers(apiId: string, stageName: string): void
}
