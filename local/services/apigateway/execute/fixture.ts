import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Authorizer, GatewayResponse, Method, Model, RequestValidator, Stage } from '@aws-sdk/client-api-gateway'
import { strToU8, zipSync } from 'fflate'
import { type MovableClock, movableClock } from '../../../base/clock.ts'
import type { Ground } from '../../../base/ground.ts'
import { randomIds } from '../../../base/ids.ts'
import type { LogLine } from '../../../base/log.ts'
import { createOutbox } from '../../../base/outbox.ts'
import { openState } from '../../../base/state.ts'
import { localUser } from '../../../iam/sessions.ts'
import { background } from '../../background.ts'
import { catalogue } from '../../catalogue.ts'
import { createDispatch, type Dispatch } from '../../dispatch.ts'
import type { Cloud } from '../../service.ts'
import type { ApiRequest, ApiResponse, DeployedApi, Executor } from '../types.ts'

/** What tests of the data plane need: the services without a door, functions, APIs made by hand. */

export const ACCOUNT = '123456789012'
const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
export const uriOf = (name: string): string =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}/invocations`

/** The services of a cloud, real ones, over a temporary state. */
export interface Services {
  readonly ground: Ground
  readonly dispatch: Dispatch
  readonly clock: MovableClock
  readonly log: LogLine[]
  readonly executor: Executor
  /** The services, called by the administrator. */
  readonly cloud: Cloud
  /** Creates a function of `source`, an ES module, which API Gateway may invoke unless `closed`. */
  addFunction(name: string, source: string, closed?: boolean): Promise<void>
  stop(): Promise<void>
}

export const openServices = async (): Promise<Services> => {
  const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-api-'))
  const state = openState(folder)
  const clock = movableClock()
  const log: LogLine[] = []
  const outbox = createOutbox(state, clock, () => {})
  const ground: Ground = {
    account: ACCOUNT,
    state,
    clock,
    ids: randomIds(),
    outbox,
    log: (line) => void log.push(line),
    cache: join(folder, 'cache'),
    url: () => 'http://127.0.0.1:9',
  }
  const dispatch = createDispatch(ground, catalogue)
  const cloud = dispatch.cloud(background(ground, localUser(ACCOUNT), 'us-east-1'))
  const Statement = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await cloud('iam').CreateRole({ RoleName: 'basic', AssumeRolePolicyDocument })
  await cloud('iam').AttachRolePolicy({ RoleName: 'basic', PolicyArn: BASIC })
  return {
    ground,
    dispatch,
    clock,
    log,
    cloud,
    executor: dispatch.store<{ executor: Executor }>('apigateway').executor,
    async addFunction(name, source, closed = false) {
      await cloud('lambda').CreateFunction({
        FunctionName: name,
        Role: `arn:aws:iam::${ACCOUNT}:role/basic`,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Timeout: 60,
        Code: { ZipFile: zipSync({ 'index.mjs': strToU8(source) }) },
      })
      if (closed) return
      await cloud('lambda').AddPermission({
        FunctionName: name,
        StatementId: 'api',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3/*`,
      })
    },
    async stop() {
      await outbox.stop()
      await dispatch.store<{ stop(): Promise<void> }>('lambda').stop()
      state.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An API in few words: its methods by `GET /books/{id}`. */
export interface ApiSketch {
  methods: Record<string, Method>
  stage?: Partial<Stage>
  restApi?: Partial<DeployedApi['restApi']>
  models?: Model[]
  requestValidators?: RequestValidator[]
  authorizers?: Authorizer[]
  gatewayResponses?: GatewayResponse[]
}

export const deployedApi = ({ methods, stage, restApi, ...more }: ApiSketch): DeployedApi => {
  const paths = Map.groupBy(Object.entries(methods), ([route]) => route.split(' ')[1] ?? '/')
  return {
    account: ACCOUNT,
    region: 'us-east-1',
    restApi: { id: 'a1b2c3', name: 'test', ...restApi },
    resources: [...paths].map(([path, list], index) => ({
      id: `res${index}`,
      path,
      resourceMethods: Object.fromEntries(
        list.map(([route, method]) => {
          const httpMethod = route.split(' ')[0] ?? ''
          return [httpMethod, { httpMethod, authorizationType: 'NONE', ...method }]
        }),
      ),
    })),
    models: [],
    requestValidators: [],
    authorizers: [],
    gatewayResponses: [],
    stage: { stageName: 'prod', deploymentId: 'd1', ...stage },
    ...more,
  }
}

/** A method with a Lambda proxy integration. */
export const proxyTo = (name: string, more: Partial<Method> = {}): Method => ({
  ...more,
  methodIntegration: { type: 'AWS_PROXY', httpMethod: 'POST', uri: uriOf(name), ...more.methodIntegration },
})

/** A method that answers `template`, rendered over the body of the request, without any backend. */
export const mockOf = (template: string, more: Partial<Method> = {}): Method => ({
  ...more,
  methodIntegration: {
    type: 'MOCK',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    integrationResponses: { 200: { statusCode: '200', responseTemplates: { 'application/json': template } } },
    ...more.methodIntegration,
  },
})

export interface Asked extends Partial<Omit<ApiRequest, 'body' | 'headers'>> {
  body?: Buffer | string
  headers?: Record<string, string | string[]>
}

/** A request by method and path, `GET /books?sort=title`. */
export const requestOf = (line: string, { body = '', headers = {}, ...more }: Asked = {}): ApiRequest => {
  const [method = 'GET', target = '/'] = line.split(/ (.*)/s)
  const [path = '', rawQuery = ''] = target.split(/\?(.*)/s)
  return {
    method,
    path,
    rawQuery,
    headers: Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((value) => [name, value] as const),
    ),
    body: Buffer.from(body as string),
    protocol: 'HTTP/1.1',
    domainName: 'a1b2c3.execute-api.localhost',
    caller: { kind: 'anonymous', account: ACCOUNT },
    facts: {
      requestId: '11111111-2222-4333-8444-555555555555',
      sourceIp: '192.0.2.1',
      secure: false,
      origin: 'http://127.0.0.1:4566',
      headers: {},
    },
    ...more,
  }
}

export const textOf = ({ body }: ApiResponse): string => body.toString()
export const jsonOf = (response: ApiResponse): unknown => JSON.parse(textOf(response))
export const headerOf = ({ headers }: ApiResponse, name: string): string | undefined =>
  headers.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1]
