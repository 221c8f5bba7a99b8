import { createHash } from 'node:crypto'
import { ServiceError } from '../base/errors.ts'
import { type Context, type Service, service } from '../services/service.ts'
import type { StreamedBody } from '../wire/types.ts'

/** Small services for the tests of the door: they remember what came through. */

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

/** One of each protocol. @param closed the bodies whose reader has left, or that have failed */
export const fakes = (seen: Seen[], objects: Map<string, Stored>, closed: string[]): Service[] => {
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
