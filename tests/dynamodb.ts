import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDB, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { type MovableClock, movableClock } from '../local/base/clock.ts'
import type { Ground } from '../local/base/ground.ts'
import { randomIds } from '../local/base/ids.ts'
import type { LogLine } from '../local/base/log.ts'
import { createOutbox } from '../local/base/outbox.ts'
import { openState } from '../local/base/state.ts'
import { createDoor } from '../local/door/door.ts'
import { createSessions } from '../local/iam/sessions.ts'
import type { Policy } from '../local/iam/types.ts'
import { createDispatch } from '../local/services/dispatch.ts'
import { dynamodb } from '../local/services/dynamodb/service.ts'
import type { DynamoDBStore } from '../local/services/dynamodb/store.ts'
import { dynamodbstreams } from '../local/services/dynamodb/streamOperations.ts'
import { service } from '../local/services/service.ts'
import { shared } from './shared.ts'
import { keepingTime, signsAt } from './timed.ts'

/** DynamoDB behind a real door, for its tests; roles are as the test says. */

export const ACCOUNT = '123456789012'

const fakeIam = (policies: Map<string, Policy>) =>
  service(
    {
      name: 'iam',
      sdk: () => import('@aws-sdk/client-iam'),
      protocol: 'query',
      version: '2010-05-08',
      denied: 'AccessDenied',
      store: () => undefined,
      identityPolicies(arn) {
        const policy = policies.get(arn)
        return policy ? [{ name: arn, kind: 'identity' as const, policy }] : []
      },
    },
    {},
  )

/** Opens it on a folder, or on a temporary one that `close` removes. */
export const openTestDynamoDB = async ({
  folder,
  clock = movableClock(),
}: {
  folder?: string
  clock?: MovableClock
} = {}) => {
  const home = folder ?? mkdtempSync(join(tmpdir(), 'dynamodb-test-'))
  const state = openState(home)
  const ids = randomIds()
  const log: LogLine[] = []
  let url = ''
  const ground: Ground = {
    account: ACCOUNT,
    state,
    clock,
    ids,
    outbox: createOutbox(state, clock, () => {}),
    log: (line) => void log.push(line),
    cache: home,
    url: () => url,
  }
  const policies = new Map<string, Policy>()
  const dispatch = createDispatch(ground, [dynamodb, dynamodbstreams, fakeIam(policies)])
  const sessions = createSessions(state, clock, ids, ACCOUNT)
  const door = createDoor({ ground, dispatch, sessions })
  url = (await door.listen(0)).url

  const clients: DynamoDB[] = []
  const client = (config: DynamoDBClientConfig = {}) => {
    const made = new DynamoDB({
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
      ...signsAt(clock),
      ...config,
    })
    clients.push(made)
    return keepingTime(made)
  }
  return {
    url,
    clock,
    ground,
    dispatch,
    log,
    store: dispatch.store<DynamoDBStore>('dynamodb'),
    /** A client with the administrator's key, that signs at the time which the clock now shows. */
    client,
    /** A client of a role that may do what the statements say. */
    as(name: string, statements: Policy['Statement']) {
      const roleArn = `arn:aws:iam::${ACCOUNT}:role/${name}`
      policies.set(roleArn, { Version: '2012-10-17', Statement: statements })
      const credentials = sessions.begin(
        {
          kind: 'role',
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/test`,
          account: ACCOUNT,
          roleArn,
          userId: `AROAEXAMPLE:${name}`,
          sessionPolicies: [],
          keys: {},
        },
        3600,
      )
      const { accessKeyId, secretAccessKey, sessionToken } = credentials
      return client({ credentials: { accessKeyId, secretAccessKey, sessionToken } })
    },
    async close() {
      for (const one of clients) one.destroy()
      await door.close()
      await ground.outbox.stop()
      state.close()
      if (folder === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}

export type TestDynamoDB = Awaited<ReturnType<typeof openTestDynamoDB>>

/** DynamoDB for all tests of a `describe` block; use what it gives inside `it`. */
export const withDynamoDB = (): TestDynamoDB => shared('DynamoDB', openTestDynamoDB, (opened) => opened.close())
