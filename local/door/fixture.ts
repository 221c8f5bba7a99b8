import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { movableClock } from '../base/clock.ts'
import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import { randomIds } from '../base/ids.ts'
import type { LogLine } from '../base/log.ts'
import { createOutbox } from '../base/outbox.ts'
import { openState } from '../base/state.ts'
import type { Session, Sessions } from '../iam/sessions.ts'
import { createDispatch } from '../services/dispatch.ts'
import { type Context, type Service, service } from '../services/service.ts'
import type { StreamedBody } from '../wire/types.ts'
import { createDoor, type DoorOptions } from './door.ts'

/** Small services behind a real door, for the tests of the door: they remember what came through. */

const ACCOUNT = '123456789012'
export const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' }
export const ROLE = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'a+session/token==',
}

/** What a fake operation saw. */
export interface Seen {
  operation: string
  input: Record<string, unknown>
  context: Context
}

export interface Stored {
  bytes: Buffer
  checksums: Record<string, string>
  input: Record<string, unknown>
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

const fakes = (seen: Seen[], objects: Map<string, Stored>, closed: string[]): Service[] => {
  const note = (operation: string, input: unknown, context: Context) =>
    void seen.push({ operation, input: input as Record<string, unknown>, context })
  const s3 = service(
    {
      name: 's3',
      sdk: () => import('@aws-sdk/client-s3'),
      protocol: 'restXml',
      namespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
      denied: 'AccessDenied',
      store: () => undefined,
    },
    {
      PutObject: {
        action: 'anyone',
        run: async (input, call) => {
          note('PutObject', input, call)
          const body = input.Body as unknown as StreamedBody
          if (input.Key === 'never-read') await new Promise((resolve) => setTimeout(resolve, 2000).unref())
          const parts: Uint8Array[] = []
          try {
            for await (const part of body) parts.push(Buffer.from(part))
          } catch (error) {
            closed.push(`${input.Key}: ${(error as Error).name}`)
            throw error
          }
          const bytes = Buffer.concat(parts)
          const { Body: _, ...rest } = input
          objects.set(`${input.Bucket}/${input.Key}`, { bytes, checksums: { ...body.checksums }, input: rest })
          return { ETag: `"${createHash('md5').update(bytes).digest('hex')}"`, ...body.checksums }
        },
      },
      GetObject: {
        action: 'anyone',
        run: (input, call) => {
          note('GetObject', input, call)
          const key = `${input.Bucket}/${input.Key}`
          if (input.Key === 'endless') return { Body: endless(() => closed.push('endless')) }
          if (input.Key === 'breaks') return { Body: breaks(), ContentLength: 100_000 }
          if (input.Key === 'throws') throw new Error('secret cause')
          const stored = objects.get(key)
          if (!stored)
            throw new ServiceError('NoSuchKey', 'The specified key does not exist.', { status: 404, Key: input.Key })
          return { Body: stored.bytes, ContentLength: stored.bytes.length, ContentType: 'text/plain' }
        },
      },
      DeleteObjects: {
        action: 'anyone',
        run: (input, call) => {
          note('DeleteObjects', input, call)
          return { Deleted: input.Delete.Objects?.map(({ Key }) => ({ Key })) ?? [] }
        },
      },
      DeleteObject: {
        action: 'anyone',
        run: (input, call) => {
          note('DeleteObject', input, call)
          objects.delete(`${input.Bucket}/${input.Key}`)
          return {}
        },
      },
      ListBuckets: {
        action: 'anyone',
        run: (input, call) => {
          note('ListBuckets', input, call)
          return { Buckets: [{ Name: 'pictures' }] }
        },
      },
      ListObjectsV2: {
        action: 'anyone',
        run: (input, call) => {
          note('ListObjectsV2', input, call)
          return { Name: input.Bucket, Contents: [] }
        },
      },
    },
  )
  const sts = service(
    {
      name: 'sts',
      sdk: () => import('@aws-sdk/client-sts'),
      protocol: 'query',
      namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      version: '2011-06-15',
      denied: 'AccessDenied',
      unsigned: ['AssumeRoleWithWebIdentity'],
      store: () => undefined,
    },
    {
      GetCallerIdentity: {
        action: 'anyone',
        run: (input, call) => {
          note('GetCallerIdentity', input, call)
          return {
            Account: call.account,
            UserId: 'id',
            Arn: call.caller.kind === 'user' || call.caller.kind === 'role' ? call.caller.arn : '-',
          }
        },
      },
      AssumeRoleWithWebIdentity: {
        action: 'anyone',
        run: (input, call) => {
          note('AssumeRoleWithWebIdentity', input, call)
          return { SubjectFromWebIdentityToken: 'somebody' }
        },
      },
    },
  )
  const lambda = service(
    {
      name: 'lambda',
      sdk: () => import('@aws-sdk/client-lambda'),
      protocol: 'restJson',
      denied: 'AccessDeniedException',
      largest: 6 * 1024 ** 2 + 4096,
      store: () => undefined,
    },
    {
      Invoke: {
        action: 'anyone',
        run: (input, call) => {
          note('Invoke', input, call)
          return { StatusCode: 200, Payload: (input.Payload ?? new Uint8Array()) as never }
        },
      },
    },
  )
  const dynamodb = service(
    {
      name: 'dynamodb',
      sdk: () => import('@aws-sdk/client-dynamodb'),
      protocol: 'json1.0',
      target: 'DynamoDB_20120810',
      denied: 'AccessDeniedException',
      largest: 16 * 1024 ** 2,
      store: () => undefined,
    },
    {
      GetItem: {
        action: 'anyone',
        run: (input, call) => {
          note('GetItem', input, call)
          return { Item: input.Key }
        },
      },
    },
  )
  return [s3, sts, lambda, dynamodb] as Service[]
}

async function* endless(onClose: () => void) {
  try {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      yield Buffer.alloc(65_536)
    }
  } finally {
    onClose()
  }
}

async function* breaks() {
  yield Buffer.alloc(50_000)
  throw new Error('the disk is gone')
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
