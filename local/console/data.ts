import type { PolicySource } from '../iam/types.ts'
import type { Recorded } from '../services/dispatch.ts'
import type { EventsStore } from '../services/events/store.ts'
import type { SchedulerStore } from '../services/scheduler/store.ts'
import type { Cloud } from '../services/service.ts'
import { refused } from './answers.ts'
import {
  type BucketSummary,
  type DecisionRow,
  ITEMS,
  LISTED,
  type ObjectDetail,
  type Schedule,
  type TableSummary,
} from './types.ts'

/** Objects that are counted. */
const COUNTED = 10_000

export const bucketsOf = async (cloud: Cloud): Promise<BucketSummary[]> => {
  const { Buckets = [] } = await cloud('s3').ListBuckets({})
  return Promise.all(
    Buckets.map(async ({ Name: name = '' }) => {
      let [objects, bytes] = [0, 0]
      let ContinuationToken: string | undefined
      do {
        const page = await cloud('s3').ListObjectsV2({ Bucket: name, ...(ContinuationToken && { ContinuationToken }) })
        for (const { Size = 0 } of page.Contents ?? []) bytes += Size
        objects += page.Contents?.length ?? 0
        ContinuationToken = page.NextContinuationToken
      } while (ContinuationToken && objects < COUNTED)
      return { name, objects, bytes }
    }),
  )
}

export const objectsOf = async (cloud: Cloud, bucket: string, prefix: string): Promise<ObjectDetail[]> => {
  const { Contents = [] } = await cloud('s3').ListObjectsV2({ Bucket: bucket, Prefix: prefix, MaxKeys: LISTED })
  return Promise.all(
    Contents.map(async ({ Key: key = '', Size: size = 0, LastModified, ETag: etag = '' }) => {
      const head = await cloud('s3').HeadObject({ Bucket: bucket, Key: key })
      return {
        ...{ key, size, etag, modified: LastModified?.getTime() ?? 0 },
        contentType: head.ContentType ?? 'binary/octet-stream',
        metadata: { ...head.Metadata },
        url: `api/objects/${encodeURIComponent(bucket)}?key=${encodeURIComponent(key)}`,
      }
    }),
  )
}

export const tablesOf = async (cloud: Cloud): Promise<TableSummary[]> => {
  const { TableNames = [] } = await cloud('dynamodb').ListTables({})
  return Promise.all(
    TableNames.map(async (name) => {
      const { Table } = await cloud('dynamodb').DescribeTable({ TableName: name })
      const key = [...(Table?.KeySchema ?? [])].sort((one) => (one.KeyType === 'HASH' ? -1 : 1))
      return { name, items: Table?.ItemCount ?? 0, key: key.map(({ AttributeName = '' }) => AttributeName) }
    }),
  )
}

/** A value of DynamoDB as plain JSON: numbers stay exact as text where JavaScript's are not, bytes become base64. */
const plain = (value: unknown): unknown => {
  const [type, inner] = Object.entries(value as object)[0] ?? []
  switch (type) {
    case 'N':
      return String(Number(inner)) === inner ? Number(inner) : inner
    case 'NULL':
      return null
    case 'B':
      return Buffer.from(inner as Uint8Array).toString('base64')
    case 'BS':
      return (inner as Uint8Array[]).map((one) => Buffer.from(one).toString('base64'))
    case 'NS':
      return (inner as string[]).map((one) => plain({ N: one }))
    case 'L':
      return (inner as unknown[]).map(plain)
    case 'M':
      return Object.fromEntries(Object.entries(inner as object).map(([name, one]) => [name, plain(one)]))
    default:
      return inner
  }
}

export const itemsOf = async (cloud: Cloud, table: string): Promise<Record<string, unknown>[]> => {
  const { Items = [] } = await cloud('dynamodb').Scan({ TableName: table, Limit: ITEMS })
  return Items.map((item) => plain({ M: item }) as Record<string, unknown>)
}

type Place = { account: string; region: string }

export const schedulesOf = (place: Place, events: EventsStore, scheduler: SchedulerStore): Schedule[] => {
  const row = (
    { timetable }: EventsStore | SchedulerStore,
    { arn, name, enabled }: { arn: string; name: string; enabled: boolean },
    expression: string,
    targets: string[],
  ): Schedule => {
    const next = enabled ? timetable.due(arn) : undefined
    return { arn, name, expression, targets, enabled, ...(next === undefined ? {} : { next }) }
  }
  return [
    ...events
      .rules(place)
      .filter(({ schedule }) => schedule)
      .map((rule) =>
        row(
          events,
          rule,
          rule.schedule ?? '',
          rule.targets.map(({ Arn = '' }) => Arn),
        ),
      ),
    ...scheduler.schedules(place).map((one) => row(scheduler, one, one.expression, [one.target.Arn ?? ''])),
  ]
}

/** @throws ServiceError (404) */
export const runNow = (arn: string, events: EventsStore, scheduler: SchedulerStore): void => {
  if (!events.runNow(arn) && !scheduler.runNow(arn)) throw refused(404, `There is no schedule ${arn}.`)
}

/** @param policyNamed the whole policy that a statement stands in, where it is still there */
export const decisionsOf = (
  recorded: readonly Recorded[],
  policyNamed: (name: string, caller: string, resource: string) => PolicySource | undefined,
): DecisionRow[] =>
  recorded
    .map(({ id, at, caller, decision }) => {
      const { action, resource, allowed, outcome, reason, decidedBy, nearest } = decision
      const found = decidedBy ?? nearest
      const row: DecisionRow = {
        ...{ id, at, caller, action, resource, allowed, outcome, reason },
      }
      if (!found) return row
      const { policy, kind, index, sid, statement } = found
      const whole = policyNamed(policy, caller, resource)?.policy
      const same = whole && JSON.stringify([whole.Statement].flat()[index]) === JSON.stringify(statement)
      const shown = same
        ? { index, document: whole }
        : { index: 0, document: { Version: '2012-10-17', Statement: [statement] } }
      return { ...row, statement: { policy, kind, ...(sid === undefined ? {} : { sid }), ...shown } }
    })
    .reverse()
