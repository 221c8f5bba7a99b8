import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DescribeRuleCommand, EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge'
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam'
import {
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import {
  GetBucketCorsCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketWebsiteCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { ClientConfig } from './cloud.ts'

/** What is no part of what a template says: times, sizes, ids of a moment. */
const MOMENTARY = new Set(
  `$metadata CodeSha256 CodeSize LastModified RevisionId RuntimeVersionConfig CreateDate CreationDate RoleId TableId
  CreationDateTime LastUpdateToPayPerRequestDateTime creationTime UUID Location RepositoryType Sid Code ItemCount
  TableSizeBytes storedBytes Id LatestStreamArn LatestStreamLabel DeploymentId ETag LastProcessingResult`.split(/\s+/),
)

const parsed = (text: string | undefined): unknown =>
  text === undefined ? undefined : JSON.parse(decodeURIComponent(text))

/** What there is, or nothing: a bucket without a policy, a function without permissions. */
const orNone = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: Error & { $metadata?: { httpStatusCode?: number } }) => {
    if (error.$metadata?.httpStatusCode === 404) return undefined
    throw error
  })

type Look = (id: string, config: ClientConfig) => Promise<unknown>

const LOOKS: Record<string, Look | undefined> = {
  async 'AWS::Lambda::Function'(FunctionName, config) {
    const client = new LambdaClient(config)
    return {
      ...(await client.send(new GetFunctionCommand({ FunctionName }))),
      policy: await orNone(client.send(new GetPolicyCommand({ FunctionName })).then(({ Policy }) => parsed(Policy))),
      invoke: await orNone(client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))),
    }
  },
  'AWS::Lambda::EventSourceMapping': (UUID, config) =>
    new LambdaClient(config).send(new GetEventSourceMappingCommand({ UUID })),
  async 'AWS::IAM::Role'(RoleName, config) {
    const client = new IAMClient(config)
    const { Role } = await client.send(new GetRoleCommand({ RoleName }))
    const { PolicyNames = [] } = await client.send(new ListRolePoliciesCommand({ RoleName }))
    const inline = await Promise.all(
      PolicyNames.map(async (PolicyName) => {
        const { PolicyDocument } = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }))
        return [PolicyName, parsed(PolicyDocument)]
      }),
    )
    const { AttachedPolicies } = await client.send(new ListAttachedRolePoliciesCommand({ RoleName }))
    return { ...Role, AssumeRolePolicyDocument: parsed(Role?.AssumeRolePolicyDocument), inline, AttachedPolicies }
  },
  async 'AWS::S3::Bucket'(Bucket, config) {
    const client = new S3Client({ ...config, forcePathStyle: true })
    return {
      notification: await client.send(new GetBucketNotificationConfigurationCommand({ Bucket })),
      cors: await orNone(client.send(new GetBucketCorsCommand({ Bucket }))),
      website: await orNone(client.send(new GetBucketWebsiteCommand({ Bucket }))),
      block: await orNone(client.send(new GetPublicAccessBlockCommand({ Bucket }))),
      tags: await orNone(client.send(new GetBucketTaggingCommand({ Bucket }))),
      policy: await orNone(client.send(new GetBucketPolicyCommand({ Bucket })).then(({ Policy }) => parsed(Policy))),
    }
  },
  'AWS::DynamoDB::Table': (TableName, config) =>
    new DynamoDBClient(config).send(new DescribeTableCommand({ TableName })),
  async 'AWS::Logs::LogGroup'(logGroupNamePrefix, config) {
    const { logGroups = [] } = await new CloudWatchLogsClient(config).send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix }),
    )
    return logGroups.find(({ logGroupName }) => logGroupName === logGroupNamePrefix)
  },
  async 'AWS::Events::Rule'(id, config) {
    const Name = id.split('/').at(-1) ?? id
    const client = new EventBridgeClient(config)
    const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: Name }))
    return { ...(await client.send(new DescribeRuleCommand({ Name }))), Targets }
  },
}

/** Without what is momentary, and lists of statements in an order of their own. */
const lasting = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lasting).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name, one]) => !MOMENTARY.has(name) && one !== undefined)
  return Object.fromEntries(members.map(([name, one]) => [name, lasting(one)]).sort())
}

/**
 * What a stack has, by logical ID: types, and what the services say of each resource. Physical names are replaced by
 * logical IDs, as which they stand in the stack `local` from the start, and the stack's name by that one: so two stacks of
 * one template are the same.
 */
export const stackFacts = async (StackName: string, config: ClientConfig): Promise<Record<string, unknown>> => {
  const client = new CloudFormationClient(config)
  const found: { id: string; physical: string; type: string }[] = []
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
    for (const {
      LogicalResourceId: id = '',
      PhysicalResourceId: physical = '',
      ResourceType: type = '',
    } of StackResourceSummaries)
      found.push({ id, physical, type })
  const facts: Record<string, unknown> = {}
  for (const { id, physical, type } of found) facts[id] = { type, facts: await LOOKS[type]?.(physical, config) }
  // The longest first: a name may begin with another one.
  const names = found
    .filter(({ id, physical }) => physical.length > 3 && physical !== id)
    .sort((a, b) => b.physical.length - a.physical.length)
  const renamed = (text: string): unknown => {
    for (const { id, physical } of names) text = text.replaceAll(JSON.stringify(physical).slice(1, -1), id)
    return JSON.parse(text.replaceAll(`${StackName}-`, 'local-'))
  }
  return Object.fromEntries(Object.entries(facts).map(([id, one]) => [id, lasting(renamed(JSON.stringify(one)))]))
}
