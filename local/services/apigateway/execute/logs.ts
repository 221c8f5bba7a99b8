import { ServiceError } from '../../../base/errors.ts'
import type { Caller } from '../../../iam/types.ts'
import { background } from '../../background.ts'
import { assumeRole } from '../../roles.ts'
import { lineOf } from '../accessFormat.ts'
import type { ApiResponse, Ports } from '../types.ts'
import { createUnwritten } from '../unwritten.ts'
import { contextValue } from './context.ts'
import type { Exchange } from './exchange.ts'
import { phaseValue } from './phases.ts'
import { settingsOf } from './settings.ts'

interface Line {
  readonly timestamp: number
  readonly message: string
}

/** Writes the execution log and the access log of requests, as the role of the account's settings. */
export interface RequestLogs {
  /** Hands the lines of a request that is answered over; they are written in their order, soon. */
  take(exchange: Exchange, response: ApiResponse): void
}

/** Log groups of executions and their streams are API Gateway's own; AWS names the streams by a hash. */
const groupOf = ({ api }: Exchange) => `API-Gateway-Execution-Logs_${api.restApi.id}/${api.stage.stageName}`

/** What lines of this level the method's settings ask for: `ERROR`, `INFO`, and data of requests with `INFO`. */
const wanted = (exchange: Exchange): Line[] => {
  const { loggingLevel, dataTraceEnabled } = settingsOf(exchange)
  const kinds: Record<string, readonly string[]> = {
    ERROR: ['error'],
    INFO: dataTraceEnabled ? ['error', 'info', 'data'] : ['error', 'info'],
  }
  const levels = kinds[loggingLevel ?? 'OFF'] ?? []
  return exchange.log.lines
    .filter(({ level }) => levels.includes(level))
    .map(({ at, text }) => ({ timestamp: at, message: `(${exchange.requestId}) ${text}` }))
}

/** One line of the stage's format; what has no value is `-` (access log variables). */
export const accessLine = (exchange: Exchange, { status, body }: ApiResponse, format: string): string => {
  const known: Record<string, string> = {
    status: String(status),
    responseLength: String(body.length),
    responseLatency: String(exchange.ports.ground.clock.now() - exchange.begun),
    integrationStatus: String(exchange.integration?.status ?? '-'),
  }
  const find = (path: string) =>
    Object.hasOwn(known, path) ? known[path] : (phaseValue(exchange, path) ?? contextValue(exchange, path))
  return lineOf(format, find)
}

/** How long one session of the role serves, ms: not for each request another, as each is kept for an hour. */
const SESSION = 60_000

const isThere = (error: unknown) => error instanceof ServiceError && error.code === 'ResourceAlreadyExistsException'
const unlessThere = async (made: Promise<unknown>): Promise<void> => {
  try {
    await made
  } catch (error) {
    if (!isThere(error)) throw error
  }
}

export const createRequestLogs = (ports: Ports): RequestLogs => {
  /** One after the other, so that streams keep the order of requests. */
  let before: Promise<void> = Promise.resolve()

  const unwritten = createUnwritten(ports.ground.log)
  /** By role and region. */
  const sessions = new Map<string, { caller: Caller; until: number }>()

  const session = async ({ api }: Exchange, roleArn: string): Promise<Caller> => {
    const { clock } = ports.ground
    const key = `${roleArn} ${api.region}`
    const known = sessions.get(key)
    if (known && known.until > clock.now()) return known.caller
    sessions.delete(key)
    const service = { kind: 'service', principal: 'apigateway.amazonaws.com', account: api.account } as const
    const { caller } = await assumeRole(ports.cloud(background(ports.ground, service, api.region)), {
      roleArn,
      principal: 'apigateway.amazonaws.com',
      account: api.account,
      sessionName: 'apigateway-logs',
    })
    sessions.set(key, { caller, until: clock.now() + SESSION })
    return caller
  }
  const write = async (exchange: Exchange, lines: Line[], access: Line | undefined, roleArn: string) => {
    const caller = await session(exchange, roleArn)
    const logs = ports.cloud(background(ports.ground, caller, exchange.api.region))('logs')
    if (lines.length) {
      const [logGroupName, logStreamName] = [groupOf(exchange), exchange.api.stage.deploymentId ?? 'executions']
      await unlessThere(logs.CreateLogGroup({ logGroupName }))
      await unlessThere(logs.CreateLogStream({ logGroupName, logStreamName }))
      await logs.PutLogEvents({ logGroupName, logStreamName, logEvents: lines })
    }
    const logGroupName = /:log-group:([^:]+)/.exec(exchange.api.stage.accessLogSettings?.destinationArn ?? '')?.[1]
    if (!access || !logGroupName) return
    const logStreamName = `${exchange.api.restApi.id}-${exchange.api.stage.stageName}`
    await unlessThere(logs.CreateLogStream({ logGroupName, logStreamName }))
    await logs.PutLogEvents({ logGroupName, logStreamName, logEvents: [access] })
  }

  return {
    take(exchange, response) {
      const { api } = exchange
      const lines = wanted(exchange)
      const { format } = api.stage.accessLogSettings ?? {}
      const access = format
        ? { timestamp: ports.ground.clock.now(), message: accessLine(exchange, response, format) }
        : undefined
      const roleArn = ports.logsRole(api.account, api.region)
      if (!roleArn || (!lines.length && !access)) return
      before = before.then(async () => {
        const what = `the log of ${api.restApi.id}/${api.stage.stageName}`
        try {
          await write(exchange, lines, access, roleArn)
          unwritten.written(what)
        } catch (cause) {
          unwritten.failed(what, cause)
        }
      })
    },
  }
}
