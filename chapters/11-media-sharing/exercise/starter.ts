import { CopyObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import { environment } from '../lib/environment.ts'

const s3 = new S3Client()

interface Texts {
  title: string
  description: string
}

/** Exercise 1: what the page sends to DynamoDB when the dialog of an own picture is closed. */
export const editOf = (
  TableName: string,
  picture: { identityId: string; objectKey: string } & Texts,
  now: Texts,
): UpdateCommandInput | undefined => ({
  TableName,
  Key: { identityId: picture.identityId, objectKey: picture.objectKey },
  UpdateExpression: 'SET title = :title',
  ExpressionAttributeValues: { ':title': now.title },
})

/** Exercise 2: makes a picture public or private. */
export const handler = async (
  { objectKey, isPublic }: { objectKey: string; isPublic: boolean },
  context: { identity?: { cognitoIdentityId: string } },
): Promise<{ objectKey: string; isPublic: boolean }> => {
  const Bucket = environment('BUCKET')
  const moved = objectKey.replace(/^\w+/, isPublic ? 'public' : 'private')
  await s3.send(new CopyObjectCommand({ Bucket, Key: moved, CopySource: `${Bucket}/${encodeURIComponent(objectKey)}` }))
  console.log(`${objectKey} of ${context.identity?.cognitoIdentityId} is ${moved} now`)
  return { objectKey: moved, isPublic }
}
