import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { ACCOUNT, openTestDynamoDB } from '../../../tests/dynamodb.ts'
import { simple } from './fixture.ts'
import type { Item } from './types.ts'

const KILLS = process.env.TEST_FULL ? 100 : 10
const WRITERS = 4
const PLACE = { account: ACCOUNT, region: 'us-east-1' }
const TABLE = {
  ...simple('kept'),
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' as const },
    { AttributeName: 'day', AttributeType: 'S' as const },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-day',
      KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'ALL' as const },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const },
}

/** What a writer knows of an item: the number that was last acknowledged (nothing: deleted), or that nobody can know. */
type Known = number | undefined | 'unknown'

describe('DynamoDB, killed under load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamodb-kill-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  const start = async (): Promise<{ child: ChildProcess; dynamodb: DynamoDB }> => {
    const child = fork(fileURLToPath(new URL('../../../tests/dynamodbProcess.ts', import.meta.url)), [folder])
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    return { child, dynamodb: new DynamoDB({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 }) }
  }

  /** Writes until the process is gone; each writer has items of its own, and pairs that move together. */
  const load = async (dynamodb: DynamoDB, writer: number, round: number, known: Map<string, Known>) => {
    for (let n = 0; ; n++) {
      const ids = [`${writer}-${n % 7}`, `${writer}-pair`] as const
      const number = round * 1_000_000 + n
      const item = (id: string) => ({
        TableName: 'kept',
        Item: { id: { S: id }, day: { S: `d${n % 5}` }, n: { N: String(number) } },
      })
      const both = n % 3 === 2
      for (const id of both ? ids : ids.slice(0, 1)) known.set(id, 'unknown')
      try {
        if (both) await dynamodb.transactWriteItems({ TransactItems: ids.map((id) => ({ Put: item(id) })) })
        else if (n % 5 === 4) await dynamodb.deleteItem({ TableName: 'kept', Key: { id: { S: ids[0] } } })
        else await dynamodb.putItem(item(ids[0]))
      } catch (error) {
        if ((error as { $fault?: string }).$fault && (error as { $response?: unknown }).$response) throw error
        return // the process is gone: whether the last write was kept, nobody knows
      }
      for (const id of both ? ids : ids.slice(0, 1)) known.set(id, !both && n % 5 === 4 ? undefined : number)
    }
  }

  const check = async (known: Map<string, Known>) => {
    const test = await openTestDynamoDB({ folder })
    try {
      const { entries, streams, tables } = test.store
      const table = tables.get(PLACE, 'kept')
      if (!table) throw new Error('the table is gone')
      const all = { from: 0, to: Number.MAX_SAFE_INTEGER }
      const sorted = (rows: Iterable<{ item: Item }>) =>
        Array.from(rows, ({ item }) => item).sort((a, b) => ((a.id?.S ?? '') < (b.id?.S ?? '') ? -1 : 1))
      const items = sorted(entries.scan(String(table.id), all))
      expect(sorted(entries.scan(`${table.id}/by-day`, all))).to.deep.equal(items)
      expect(entries.totals(String(table.id)).items).to.equal(items.length)
      expect(entries.totals(`${table.id}/by-day`).items).to.equal(items.length)
      const replayed = new Map<string, Item>()
      const [stream] = streams.list(PLACE, 'kept')
      for (let last = 0; ; ) {
        const page = streams.read(stream?.arn ?? '', last, 1000)
        for (const { keys, newImage } of page)
          if (newImage) replayed.set(keys.id?.S ?? '', newImage)
          else replayed.delete(keys.id?.S ?? '')
        if (!page.length) break
        last = page.at(-1)?.sequence ?? 0
      }
      expect(sorted(Array.from(replayed.values(), (item) => ({ item })))).to.deep.equal(items)
      const byId = new Map(items.map((item) => [item.id?.S ?? '', Number(item.n?.N)]))
      for (const [id, number] of known) if (number !== 'unknown') expect(byId.get(id), id).to.equal(number)
      for (const id of known.keys()) known.set(id, byId.get(id))
    } finally {
      await test.close()
    }
  }

  it(`keeps every acknowledged write ${KILLS} times; item, index, counts and stream agree`, async () => {
    const known = new Map<string, Known>()
    for (let round = 0; round < KILLS; round++) {
      const { child, dynamodb } = await start()
      if (!round) await dynamodb.createTable(TABLE)
      const writers = Array.from({ length: WRITERS }, (_, writer) => load(dynamodb, writer, round, known))
      await new Promise((resolve) => setTimeout(resolve, 30 + ((round * 37) % 150)))
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await Promise.all([gone, ...writers])
      dynamodb.destroy()
      await check(known)
    }
    expect(known.size).to.equal(WRITERS * 8)
    expect(Math.max(...Array.from(known.values(), (number) => Number(number) || 0))).to.be.greaterThan(
      (KILLS - 2) * 1_000_000,
    )
  }).timeout(KILLS * 6000)
})
