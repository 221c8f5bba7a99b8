import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { movableClock } from '../base/clock.ts'
import type { Ground } from '../base/ground.ts'
import { randomIds } from '../base/ids.ts'
import type { LogLine } from '../base/log.ts'
import { createOutbox } from '../base/outbox.ts'
import { openState } from '../base/state.ts'
import type { Session, Sessions } from '../iam/sessions.ts'
import { createDispatch } from '../services/dispatch.ts'
import { createDoor, type DoorOptions } from './door.ts'
import { fakes, type Seen, type Stored } from './fakes.ts'

/** A real door with small services behind it, for the tests of the door. */

const ACCOUNT = '123456789012'
export const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' }
export const ROLE = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'a+session/token==',
}

const emptySessions = (): Sessions & { put(id: string, session: Session): void } => {
  const sessions = new Map<string, Session>()
  return {
    find: (id) => sessions.get(id),
    put: (id, session) => void sessions.set(id, session),
    begin: () => {
      throw new Error('no session begins here')
    },
  }
}

/** A door on a free port, with its services and what they saw. */
export const openTestDoor = async ({
  addresses = [],
  ...options
}: Partial<Pick<DoorOptions, 'sites' | 'origins' | 'limits'>> & { addresses?: string[] } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'door-'))
  const state = openState(folder)
  const clock = movableClock()
  const lines: LogLine[] = []
  const ground: Ground = {
    account: ACCOUNT,
    state,
    clock,
    ids: randomIds(),
    outbox: createOutbox(state, clock, () => {}),
    log: (line) => void lines.push(line),
    cache: folder,
    url: () => '',
  }
  const sessions = emptySessions()
  sessions.put(LOCAL.accessKeyId, {
    secretAccessKey: LOCAL.secretAccessKey,
    caller: { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/local`, account: ACCOUNT, userId: 'AIDALOCAL' },
  })
  sessions.put(ROLE.accessKeyId, {
    secretAccessKey: ROLE.secretAccessKey,
    sessionToken: ROLE.sessionToken,
    expiration: clock.now() + 3_600_000,
    caller: {
      kind: 'role',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/one`,
      account: ACCOUNT,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/worker`,
      userId: 'AROAEXAMPLE:one',
      sessionPolicies: [],
      keys: {},
    },
  })
  const seen: Seen[] = []
  const objects = new Map<string, Stored>()
  const closed: string[] = []
  const dispatch = createDispatch(ground, fakes(seen, objects, closed))
  const door = createDoor({ ground, dispatch, sessions, ...options })
  const close = async () => {
    await door.close()
    state.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const { port, url } = await door.listen(0, addresses).catch(async (error) => {
    await close()
    throw error
  })
  return {
    port,
    url,
    clock,
    lines,
    seen,
    objects,
    closed,
    /** The settings of an SDK client. */
    client: { endpoint: url, region: 'us-east-1', credentials: LOCAL, maxAttempts: 1 },
    /** Opens the door once more, at another port. */
    listenAgain: (other: number) => door.listen(other),
    close,
  }
}

export type TestDoor = Awaited<ReturnType<typeof openTestDoor>>

/** Sends bytes as they are and gives all that comes back until the server ends the connection, or `quiet` ms pass. */
export const sendRaw = (port: number, bytes: string | Uint8Array, quiet = 1000): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    const end = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(end, quiet)
    const isHead = bytes.toString().startsWith('HEAD ')
    socket.on('data', (part) => {
      answer += part.toString('latin1')
      const head = answer.indexOf('\r\n\r\n')
      // Of some answers the head is all.
      if (head >= 0 && (isHead || /^HTTP\/1\.1 (204|304) /.test(answer))) end()
      const length = /content-length: (\d+)/i.exec(answer)?.[1]
      if (head >= 0 && length !== undefined && answer.length >= head + 4 + Number(length)) end()
    })
    socket.on('close', end)
    socket.on('error', end)
    socket.write(bytes)
  })
