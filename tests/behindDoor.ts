import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { movableClock } from '../local/base/clock.ts'
import type { Ground } from '../local/base/ground.ts'
import { randomIds } from '../local/base/ids.ts'
import type { LogLine } from '../local/base/log.ts'
import { createOutbox } from '../local/base/outbox.ts'
import { openState } from '../local/base/state.ts'
import { createDoor, type DoorOptions } from '../local/door/door.ts'
import { createSessions } from '../local/iam/sessions.ts'
import type { Policy } from '../local/iam/types.ts'
import { createDispatch } from '../local/services/dispatch.ts'
import { type Service, service } from '../local/services/service.ts'

export const ACCOUNT = '123456789012'

/** The administrator's key. */
export const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' }

export interface BehindDoorOptions {
  /** The state's folder; without one a temporary one, removed at the end. */
  folder?: string | undefined
  /** Other limits of the door than AWS's. */
  limits?: DoorOptions['limits']
}

/** Roles with the policies that a test gives them. */
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

/** Some services behind a real door, for their own tests; roles are as the test says. */
export const openBehindDoor = async (services: Service[], { folder, limits }: BehindDoorOptions = {}) => {
  const home = folder ?? mkdtempSync(join(tmpdir(), 'lambda-in-action-services-'))
  const state = openState(home)
  const clock = movableClock()
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
  const dispatch = createDispatch(ground, [...services, fakeIam(policies)])
  const sessions = createSessions(state, clock, ids, ACCOUNT)
  const door = createDoor({ ground, dispatch, sessions, ...(limits ? { limits } : {}) })
  url = (await door.listen(0)).url

  const clients: { destroy(): void }[] = []
  return {
    url,
    folder: home,
    state,
    clock,
    ground,
    dispatch,
    log,
    /** A client that is destroyed at the end. */
    kept<Client extends { destroy(): void }>(client: Client): Client {
      clients.push(client)
      return client
    },
    /** Credentials of a session of a role that may do what statements say. */
    credentialsOf(name: string, statements: Policy['Statement'], account = ACCOUNT) {
      const roleArn = `arn:aws:iam::${account}:role/${name}`
      policies.set(roleArn, { Version: '2012-10-17', Statement: statements })
      const { accessKeyId, secretAccessKey, sessionToken } = sessions.begin(
        {
          kind: 'role',
          arn: `arn:aws:sts::${account}:assumed-role/${name}/test`,
          account,
          roleArn,
          userId: `AROAEXAMPLE:${name}`,
          sessionPolicies: [],
          keys: {},
        },
        3600,
      )
      return { accessKeyId, secretAccessKey, sessionToken }
    },
    async close() {
      for (const client of clients) client.destroy()
      await door.close()
      await ground.outbox.stop()
      state.close()
      if (folder === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}
