import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { type Attempt, idsOf } from './attempt.ts'

const WHOSE = ['own', 'other'] as const

/** What is tried on a file, in this order. */
const onFile: Record<string, (s3: S3Client, file: { Bucket: string; Key: string }) => Promise<string>> = {
  async 's3:GetObject'(s3, file) {
    const { Body } = await s3.send(new GetObjectCommand(file))
    return `“${await Body?.transformToString()}”`
  },
  async 's3:PutObject'(s3, file) {
    await s3.send(new PutObjectCommand({ ...file, Body: 'a note', ContentType: 'text/plain; charset=utf-8' }))
    return 'stored'
  },
  async 's3:DeleteObject'(s3, file) {
    await s3.send(new DeleteObjectCommand(file))
    return 'deleted'
  },
}

const list = async (s3: S3Client, Bucket: string, Prefix?: string): Promise<string> => {
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 100, ...(Prefix ? { Prefix } : {}) }))
  return KeyCount === 1 ? '1 file' : `${KeyCount} files`
}

/** What is tried on one of the two places where everybody has a folder of their own, named after their identity. */
export const folderAttempts = (Bucket: string, folder: 'priv/' | 'pub/'): Attempt[] => {
  const place = (target: 'own' | 'other', own: string, other: string) => `${folder}${idsOf(target, own, other)}/`
  return [
    ...WHOSE.map(
      (target): Attempt => ({
        ...{ resource: folder, action: 's3:ListBucket', target },
        run: ({ s3 }, own, other) => list(s3, Bucket, place(target, own, other)),
      }),
    ),
    { resource: folder, action: 's3:ListBucket', target: 'all', run: ({ s3 }) => list(s3, Bucket, folder) },
    ...Object.entries(onFile).flatMap(([action, ask]) =>
      WHOSE.map(
        (target): Attempt => ({
          ...{ resource: folder, action, target },
          run: ({ s3 }, own, other) => ask(s3, { Bucket, Key: `${place(target, own, other)}note.txt` }),
        }),
      ),
    ),
  ]
}

/** The whole bucket, without a prefix. */
export const listing = (Bucket: string): Attempt => ({
  ...{ resource: 'the rest', action: 's3:ListBucket', target: 'all' },
  run: ({ s3 }) => list(s3, Bucket),
})
