import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb'
import { IAMClient, paginateListRoles } from '@aws-sdk/client-iam'
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import type { Target } from '../../scripts/lib/target.ts'

const all = async <T>(pages: AsyncIterable<T>, names: (page: T) => (string | undefined)[]): Promise<string[]> => {
  const found: string[] = []
  for await (const page of pages) found.push(...names(page).filter((name) => name !== undefined))
  return found
}

/** What is still there with the stack's name in its own name. */
export const leftovers = async (target: Target, stack: string): Promise<string[]> => {
  const stacks = await new CloudFormationClient(target)
    .send(new DescribeStacksCommand({ StackName: stack }))
    .then(({ Stacks = [] }) => Stacks.filter((one) => one.StackStatus !== 'DELETE_COMPLETE'))
    .catch((error: Error) => {
      if (error.name === 'ValidationError') return []
      throw error
    })
  const { Buckets = [] } = await new S3Client({ ...target, forcePathStyle: target.endpoint !== undefined }).send(
    new ListBucketsCommand({}),
  )
  const named = [
    ...stacks.map(({ StackName }) => StackName ?? ''),
    ...Buckets.map(({ Name }) => Name ?? ''),
    ...(await all(paginateListFunctions({ client: new LambdaClient(target) }, {}), ({ Functions = [] }) =>
      Functions.map(({ FunctionName }) => FunctionName),
    )),
    ...(await all(paginateListTables({ client: new DynamoDBClient(target) }, {}), ({ TableNames = [] }) => TableNames)),
    ...(await all(paginateListRoles({ client: new IAMClient(target) }, {}), ({ Roles = [] }) =>
      Roles.map(({ RoleName }) => RoleName),
    )),
    ...(await all(paginateDescribeLogGroups({ client: new CloudWatchLogsClient(target) }, {}), ({ logGroups = [] }) =>
      logGroups.map(({ logGroupName }) => logGroupName),
    )),
  ]
  return named.filter((name) => name.includes(stack))
}
