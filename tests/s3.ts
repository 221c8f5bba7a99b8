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
import { ServiceError } from '../local/base/errors.ts'
import type { Caller, Policy, Statement } from '../local/iam/types.ts'
import { s3 } from '../local/services/s3/service.ts'
import type { S3Store } from '../local/services/s3/store.ts'
import { type Context, service } from '../local/services/service.ts'
import { ACCOUNT, type BehindDoorOptions, LOCAL, openBehindDoor } from './behindDoor.ts'
import { shared } from './shared.ts'

export { ACCOUNT }
export const OTHER_ACCOUNT = '210987654321'

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

/** S3 behind a real door, for its tests; functions and roles are as the test says. */
export const openTestS3 = async (options: BehindDoorOptions = {}) => {
  const invocable = new Set<string>()
  const invoked: Caller[] = []
  const { kept, credentialsOf, ...opened } = await openBehindDoor([s3, fakeLambda(invocable, invoked)], options)
  /** A client with the administrator's key, or with others. */
  const client = (config: S3ClientConfig = {}) =>
    kept(
      new S3Client({
        endpoint: opened.url,
        region: 'us-east-1',
        maxAttempts: 1,
        credentials: LOCAL,
        ...config,
      } as S3ClientConfig),
    )
  return {
    ...opened,
    invocable,
    invoked,
    store: opened.dispatch.store<S3Store>('s3'),
    client,
    /** A client of a role that may do what statements say. */
    as: (name: string, statements: Policy['Statement'], account?: string) =>
      client({ credentials: credentialsOf(name, statements, account) }),
    /** What was accepted for delivery. */
    parcels: () =>
      opened.state
        .prepare("select body from outbox where queue = 's3' order by id")
        .all()
        .map(({ body }) => JSON.parse(body as string)),
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
