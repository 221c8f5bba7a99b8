import { createInterface } from 'node:readline/promises'
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation'
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Mistake } from '../../../local/base/errors.ts'
import { failed } from '../run.ts'
import type { Target } from '../target.ts'
import type { SamCall } from './local.ts'
import { optionValue, stackNamed } from './options.ts'

/** The buckets of a stack; none when there is no such stack. */
const bucketsOf = async (stack: string, target: Target): Promise<string[]> => {
  const client = new CloudFormationClient(target)
  const buckets: string[] = []
  try {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: stack }))
      for (const { ResourceType, ResourceStatus, PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === 'AWS::S3::Bucket' && ResourceStatus !== 'DELETE_COMPLETE' && PhysicalResourceId)
          buckets.push(PhysicalResourceId)
  } catch (error) {
    if ((error as Error).name !== 'ValidationError') return failed(error as Error)
  }
  return buckets
}

/** Deletes all that is in a bucket, every version and delete marker too. @returns how many it were */
export const emptyBucket = async (Bucket: string, target: Target): Promise<number> => {
  // The bucket stands in the path: the local cloud's address is an IP.
  const client = new S3Client({ ...target, forcePathStyle: true })
  let deleted = 0
  try {
    // No function hears of what goes: it might write something new.
    await client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }))
    for (;;) {
      // What is deleted is gone from the list: the first page is always the next one.
      const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }))
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }))
      if (Objects.length === 0) break
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
      const [first] = Errors
      if (first) throw new Mistake(`${first.Key} of ${Bucket} cannot be deleted: ${first.Message} (${first.Code})`)
      deleted += Objects.length
    }
  } catch (error) {
    if (error instanceof Mistake) throw error
    if ((error as Error).name !== 'NoSuchBucket') failed(error as Error)
  }
  return deleted
}

const isSure = async (question: string): Promise<boolean> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}

/**
 * `sam delete …`, which asks once, then empties the stack's buckets: AWS deletes none that has something in it.
 * @returns nothing when the answer was no
 */
export const samDelete = async (given: string[], target: Target): Promise<SamCall | undefined> => {
  const stack = stackNamed(given, 'delete')
  const asked = given.includes('--no-prompts')
  const buckets = await bucketsOf(stack, target)
  const what = buckets.length ? `the stack ${stack} and all that is in ${buckets.join(', ')}` : `the stack ${stack}`
  if (!asked && !(await isSure(`Delete ${what}? [y/N] `))) return undefined
  for (const bucket of buckets) {
    const deleted = await emptyBucket(bucket, target)
    if (deleted) console.log(`${bucket}: ${deleted} deleted`)
  }
  const region = optionValue(given, '--region') ? [] : ['--region', target.region]
  return { args: ['delete', ...given, ...(asked ? [] : ['--no-prompts']), ...region], env: {}, end() {} }
}
