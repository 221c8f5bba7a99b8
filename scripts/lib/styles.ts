/** Chapter 12's comparison: the same upload in three styles, as a client sees it, and what becomes of it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Mistake } from '../../local/base/errors.ts'
import { root } from './application.ts'
import { outputsOf, stackOf } from './site.ts'
import type { Target } from './target.ts'

/** What is done with an upload, in this order. */
export const PARTS = ['thumbnail', 'metadata', 'index']
export const STYLES = ['synchronous', 'asynchronous', 'events'] as const
export type Style = (typeof STYLES)[number]

/** The stack of chapter 12, and clients for it. */
export interface Deployment {
  s3: S3Client
  lambda: LambdaClient
  logs: CloudWatchLogsClient
  table: DynamoDBClient
  /** The stack's Outputs. */
  outputs: Record<string, string>
  logGroup: string
  /** Waits between two looks, ms: a test lets a clock run. */
  pause(ms: number): Promise<void>
}

/** @throws Mistake when chapter 12 is not deployed there */
export const deploymentOf = async (target: Target): Promise<Deployment> => {
  const name = await stackOf('12', target)
  const outputs = await outputsOf(name, target)
  const FunctionName = outputs.UploadSynchronouslyFunction
  if (!FunctionName) throw new Mistake(`The stack ${name} does not have chapter 12.`)
  const lambda = new LambdaClient(target)
  const { LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  return {
    ...{ lambda, outputs, logGroup: LoggingConfig?.LogGroup ?? '' },
    s3: new S3Client(target),
    logs: new CloudWatchLogsClient(target),
    table: new DynamoDBClient(target),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

const isMissing = (error: unknown) => ['NoSuchKey', 'NotFound'].includes((error as Error).name)

/** An object's text; undefined while it is not there. */
const textAt = async ({ s3 }: Deployment, Bucket: string | undefined, Key: string): Promise<string | undefined> => {
  try {
    return await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** What the client has for an answer: nothing, or the reason why not. */
const send = async (at: Deployment, style: Style, name: string, outage?: string): Promise<string | undefined> => {
  const picture = readFileSync(join(root, 'events/photo.jpg'))
  const { UploadsBucket: Bucket, UploadSynchronouslyFunction, UploadAsynchronouslyFunction } = at.outputs
  if (style === 'events') {
    const Metadata = outage === undefined ? undefined : { outage }
    await at.s3.send(new PutObjectCommand({ Bucket, Key: `events/${name}`, Body: picture, Metadata }))
    return undefined
  }
  const FunctionName = style === 'synchronous' ? UploadSynchronouslyFunction : UploadAsynchronouslyFunction
  const Event = JSON.stringify({ name, picture: picture.toString('base64'), outage })
  const { FunctionError, Payload } = await at.lambda.send(new InvokeCommand({ FunctionName, Payload: Event }))
  if (!FunctionError) return undefined
  const { errorType, errorMessage } = JSON.parse(Payload?.transformToString() ?? '{}')
  return `${errorType}: ${errorMessage}`
}

const isShown = async (at: Deployment, style: Style, name: string): Promise<boolean> => {
  const entries = JSON.parse((await textAt(at, at.outputs.UploadsBucket, `index/${style}.json`)) ?? '[]')
  return (entries as { name: string }[]).some((entry) => entry.name === name)
}

/** What the log tells of an upload. */
export interface Ran {
  invocations: number
  /** ms, all functions together. */
  billed: number
  /** ms of it in which a function waited for others. */
  waited: number
}

/** What the functions did for an upload: each names its key in a line of its own, and the runtime closes with REPORT. */
const ranFor = async (at: Deployment, key: string, since: number): Promise<Ran & { open: number }> => {
  const { logGroup: logGroupName } = at
  const reports: { id: string; billed: number }[] = []
  const ids = new Set<string>()
  let waited = 0
  for await (const { events = [] } of paginateFilterLogEvents({ client: at.logs }, { logGroupName, startTime: since }))
    for (const { message = '' } of events) {
      const [, id, billed] = /^REPORT RequestId: (\S+)\s.*Billed Duration: (\d+) ms/.exec(message) ?? []
      if (id) reports.push({ id, billed: Number(billed) })
      else if (message.includes(`${key}:`)) {
        ids.add(message.split('\t')[1] ?? '')
        waited += Number(/: waited (\d+) ms/.exec(message)?.[1] ?? 0)
      }
    }
  const own = reports.filter(({ id }) => ids.has(id))
  const open = [...ids].filter((id) => !own.some((report) => report.id === id)).length
  return { invocations: own.length, billed: own.reduce((sum, { billed }) => sum + billed, 0), waited, open }
}

/** So many functions an upload takes. */
export const FUNCTIONS: Record<Style, number> = { synchronous: 4, asynchronous: 4, events: 3 }
/** Until an upload must be shown and logged, ms. */
const PATIENCE = 60_000

/** The same once the log, which comes a moment later, tells of so many functions at least, and of no other one any more. */
const ranInAll = async (at: Deployment, key: string, since: number, least: number): Promise<Ran> => {
  let before = 0
  for (const until = Date.now() + PATIENCE; Date.now() < until; await at.pause(100)) {
    const { open, ...ran } = await ranFor(at, key, since)
    if (open === 0 && ran.invocations >= least && ran.invocations === before) return ran
    before = ran.invocations
  }
  throw new Mistake(`${at.logGroup} does not tell of ${key}.`)
}

/** An upload that went well; ms from its begin. */
export interface Measured extends Ran {
  answered: number
  shown: number
}

/** Uploads once. @throws Mistake when the client is refused, or nothing is shown within a minute */
export const measure = async (at: Deployment, style: Style, name: string): Promise<Measured> => {
  const since = Date.now() - 1000
  const began = performance.now()
  const refused = await send(at, style, name)
  if (refused) throw new Mistake(`${style}/${name}: ${refused}`)
  const answered = performance.now() - began
  while (!(await isShown(at, style, name))) {
    if (performance.now() - began > PATIENCE) throw new Mistake(`${style}/${name} did not come into its index.`)
    await at.pause(5)
  }
  const shown = performance.now() - began
  return { answered, shown, ...(await ranInAll(at, `${style}/${name}`, since, FUNCTIONS[style])) }
}

/** An upload with a part that does not work. */
export interface Failed {
  /** What the client is told; undefined where it is not told anything. */
  told: string | undefined
  /** How often functions ran for it. */
  invocations: number
  /** What there is in the end: `picture`, `thumbnail`, `item`, `entry in the index`. */
  left: string[]
  /** The key of the record in the bucket of failures. */
  record: string | undefined
}

/** The record of an upload's failure; undefined while there is none. */
const recordOf = async (at: Deployment, key: string): Promise<string | undefined> => {
  const Bucket = at.outputs.UploadFailuresBucket
  const { Contents = [] } = await at.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'aws/lambda/' }))
  const latest = Contents.sort((a, b) => Number(b.LastModified) - Number(a.LastModified))
  const [style, name = ''] = key.split('/')
  for (const { Key = '' } of latest.slice(0, 20)) {
    const text = (await textAt(at, Bucket, Key)) ?? ''
    // A batch of a stream names style and name, an event the key.
    if (text.includes(name) && (text.includes(key) || (style === 'events' && text.includes('DDBStreamBatchInfo'))))
      return Key
  }
  return undefined
}

const leftOf = async (at: Deployment, style: Style, name: string): Promise<string[]> => {
  const { UploadsBucket: Bucket, UploadMetadataTable: TableName } = at.outputs
  const key = `${style}/${name}`
  const there = async (Key: string) => {
    try {
      await at.s3.send(new HeadObjectCommand({ Bucket, Key }))
      return true
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }
  const item = await at.table.send(new GetItemCommand({ TableName, Key: { style: { S: style }, name: { S: name } } }))
  const all = {
    picture: await there(key),
    thumbnail: await there(`thumbnail/${key}`),
    item: item.Item !== undefined,
    'entry in the index': await isShown(at, style, name),
  }
  return Object.entries(all).flatMap(([what, is]) => (is ? [what] : []))
}

/**
 * Uploads while a part does not work, and waits for the end: a client that was told, an upload that is shown after all, or
 * a record in the bucket of failures. Lambda tries again after a minute.
 * @param outage the part, and until when: `thumbnail 2026-11-21T10:00:00.000Z`
 * @throws Mistake when nothing of it comes within three minutes
 */
export const fail = async (at: Deployment, style: Style, name: string, outage: string): Promise<Failed> => {
  const since = Date.now() - 1000
  const key = `${style}/${name}`
  const told = await send(at, style, name, outage)
  let record: string | undefined
  const until = Date.now() + 3 * PATIENCE
  while (!told && !(await isShown(at, style, name))) {
    record = await recordOf(at, key)
    if (record) break
    if (Date.now() > until) throw new Mistake(`${key} has come to no end.`)
    await at.pause(500)
  }
  const done = PARTS.findIndex((part) => outage.startsWith(part)) + 1
  const { invocations } = await ranInAll(at, key, since, style === 'events' ? done : done + 1)
  return { told, invocations, left: await leftOf(at, style, name), record }
}
