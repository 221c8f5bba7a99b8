import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3'
import { movableClock } from '../local/base/clock.ts'
import { ServiceError } from '../local/base/errors.ts'
import type { Ground } from '../local/base/ground.ts'
import { randomIds } from '../local/base/ids.ts'
import type { LogLine } from '../local/base/log.ts'
import { createOutbox } from '../local/base/outbox.ts'
import { openState } from '../local/base/state.ts'
import { createDoor, type DoorOptions } from '../local/door/door.ts'
import { type Credentials, createSessions } from '../local/iam/sessions.ts'
import type { Caller, Policy, Statement } from '../local/iam/types.ts'
import { createDispatch } from '../local/services/dispatch.ts'
import { s3 } from '../local/services/s3/service.ts'
import type { S3Store } from '../local/services/s3/store.ts'
import { type Context, service } from '../local/services/service.ts'
import { shared } from './shared.ts'

/** S3 behind a real door, for its tests; functions and roles are as the test says. */

export const ACCOUNT = '123456789012'
export const OTHER_ACCOUNT = '210987654321'

export interface TestS3Options {
  /** The state's folder; without one a temporary one, removed at the end. */
  folder?: string
  /** Other limits of the door than AWS's. */
  limits?: DoorOptions['limits']
}

/** A function that S3 may invoke, and what was asked of it. */
const fakeLambda = (invocable: Set<string>, asked: Context['caller'][]) =>
  service(
    {
      name: 'lambda',
      sdk: () => import('@aws-sdk/client-lambda'),
      protocol: 'restJson',
      denied: 'AccessDeniedException',
      store: () => undefined,
    },
    {
      Invoke: {
        action: 'anyone',
        run({ FunctionName, InvocationType }, { caller }) {
          asked.push(caller)
          if (InvocationType !== 'DryRun' || !invocable.has(FunctionName))
            throw new ServiceError('AccessDeniedException', 'not allowed', { status: 403 })
          return { StatusCode: 204 }
        },
      },
    },
  )

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

const credentialsOf = ({ accessKeyId, secretAccessKey, sessionToken }: Credentials) => ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
})

export const openTestS3 = async ({ folder, limits = {} }: TestS3Options = {}) => {
  const home = folder ?? mkdtempSync(join(tmpdir(), 's3-test-'))
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
  const invocable = new Set<string>()
  const invoked: Caller[] = []
  const policies = new Map<string, Policy>()
  const dispatch = createDispatch(ground, [s3, fakeLambda(invocable, invoked), fakeIam(policies)])
  const sessions = createSessions(state, clock, ids, ACCOUNT)
  const door = createDoor({ ground, dispatch, sessions, limits })
  url = (await door.listen(0)).url

  const clients: S3Client[] = []
  const clientOf = (credentials: S3ClientConfig['credentials'], config: S3ClientConfig = {}) => {
    const client = new S3Client({
      endpoint: url,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials,
      ...config,
    } as S3ClientConfig)
    clients.push(client)
    return client
  }
  /** Credentials of a role that has `policy`. */
  const role = (name: string, policy: Policy, account = ACCOUNT): Credentials => {
    const roleArn = `arn:aws:iam::${account}:role/${name}`
    policies.set(roleArn, policy)
    return sessions.begin(
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
  }
  return {
    url,
    folder: home,
    state,
    clock,
    ground,
    dispatch,
    log,
    invocable,
    invoked,
    store: dispatch.store<S3Store>('s3'),
    /** A client with the administrator's key, or with others. */
    client: (config?: S3ClientConfig) => clientOf({ accessKeyId: 'local', secretAccessKey: 'local' }, config),
    /** A client of a role that may do what statements say. */
    as: (name: string, statements: Policy['Statement'], account?: string) =>
      clientOf(credentialsOf(role(name, { Version: '2012-10-17', Statement: statements }, account))),
    /** What was accepted for delivery. */
    parcels: () =>
      state
        .prepare("select body from outbox where queue = 's3' order by id")
        .all()
        .map(({ body }) => JSON.parse(body as string)),
    async close() {
      for (const client of clients) client.destroy()
      await door.close()
      await ground.outbox.stop()
      state.close()
      if (folder === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}

export type TestS3 = Awaited<ReturnType<typeof openTestS3>>

/** S3 for all tests of a `describe` block; use what it gives inside `it`. */
export const withS3 = (): TestS3 => shared('S3', openTestS3, (opened) => opened.close())

/** A statement that allows. */
export const allow = (Action: string | string[], Resource: string | string[], Condition?: Statement['Condition']) => ({
  Effect: 'Allow' as const,
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
})

/** Multipart uploads into a bucket, step by step; `client` is asked when a step is taken. */
export const uploader = (client: () => S3Client, Bucket: string) => ({
  async begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}): Promise<Begun> {
    const { UploadId } = await client().send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))
    return { Bucket, Key, UploadId }
  },
  /** Uploads a part, and gives what CompleteMultipartUpload wants of it. */
  async upload(
    begun: Begun,
    PartNumber: number,
    Body: string | Uint8Array,
    more: Partial<UploadPartCommandInput> = {},
  ): Promise<CompletedPart> {
    const input = { ...begun, PartNumber, Body, ...more }
    const { $metadata: _, ServerSideEncryption: __, ...part } = await client().send(new UploadPartCommand(input))
    return { ...part, PartNumber }
  },
  complete: (begun: Begun, Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) =>
    client().send(new CompleteMultipartUploadCommand({ ...begun, MultipartUpload: { Parts }, ...more })),
  async bytesOf(Key: string): Promise<Buffer> {
    const { Body } = await client().send(new GetObjectCommand({ Bucket, Key }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  },
})

interface Begun {
  Bucket: string
  Key: string
  UploadId: string | undefined
}
