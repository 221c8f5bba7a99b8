import {
  APIGatewayClient,
  GetApiKeyCommand,
  GetExportCommand,
  GetGatewayResponsesCommand,
  GetRestApiCommand,
  GetStagesCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeysCommand,
} from '@aws-sdk/client-api-gateway'
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CognitoIdentityClient,
  DescribeIdentityPoolCommand,
  GetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity'
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
  GetLayerVersionByArnCommand,
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
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import type { ClientConfig } from './cloud.ts'

/** What is no part of what a template says: times, sizes, ids of a moment. */
const MOMENTARY = new Set(
  `$metadata CodeSha256 CodeSize LastModified RevisionId RuntimeVersionConfig CreateDate CreationDate RoleId TableId
  CreationDateTime LastUpdateToPayPerRequestDateTime creationTime UUID Location RepositoryType Sid Code ItemCount
  TableSizeBytes storedBytes Id LatestStreamArn LatestStreamLabel DeploymentId ETag LastProcessingResult createdDate lastUpdatedDate rootResourceId deploymentId
  version LastModificationDate CreatedDate`.split(/\s+/),
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
  'AWS::Lambda::LayerVersion': (Arn, config) => new LambdaClient(config).send(new GetLayerVersionByArnCommand({ Arn })),
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
  'AWS::Scheduler::Schedule': (Name, config) => new SchedulerClient(config).send(new GetScheduleCommand({ Name })),
  async 'AWS::ApiGateway::RestApi'(restApiId, config) {
    const client = new APIGatewayClient(config)
    const { item: stages = [] } = await client.send(new GetStagesCommand({ restApiId }))
    const exported = await Promise.all(
      stages.map(async ({ stageName = '' }) => {
        const parameters = { extensions: 'integrations,authorizers,apigateway' }
        const asked = new GetExportCommand({ restApiId, stageName, exportType: 'oas30', parameters })
        return JSON.parse(Buffer.from((await client.send(asked)).body ?? []).toString())
      }),
    )
    return {
      ...(await client.send(new GetRestApiCommand({ restApiId }))),
      responses: (await client.send(new GetGatewayResponsesCommand({ restApiId }))).items,
      stages,
      exported,
    }
  },
  'AWS::ApiGateway::ApiKey': (apiKey, config) => new APIGatewayClient(config).send(new GetApiKeyCommand({ apiKey })),
  async 'AWS::ApiGateway::UsagePlan'(usagePlanId, config) {
    const client = new APIGatewayClient(config)
    const { items } = await client.send(new GetUsagePlanKeysCommand({ usagePlanId }))
    return { ...(await client.send(new GetUsagePlanCommand({ usagePlanId }))), keys: items }
  },
  async 'AWS::Cognito::IdentityPool'(IdentityPoolId, config) {
    const client = new CognitoIdentityClient(config)
    return {
      ...(await client.send(new DescribeIdentityPoolCommand({ IdentityPoolId }))),
      roles: await client.send(new GetIdentityPoolRolesCommand({ IdentityPoolId })),
    }
  },
  'AWS::SES::EmailIdentity': (EmailIdentity, config) =>
    new SESv2Client(config).send(new GetEmailIdentityCommand({ EmailIdentity })),
}

/** Types that are looked at with what they belong to: a policy with its bucket, a stage with its API. */
const WITHIN = new Set(
  `AWS::ApiGateway::Deployment AWS::ApiGateway::Stage AWS::ApiGateway::UsagePlanKey
  AWS::Cognito::IdentityPoolRoleAttachment AWS::IAM::Policy AWS::IAM::RolePolicy AWS::Lambda::EventInvokeConfig
  AWS::Lambda::Permission AWS::S3::BucketPolicy`.split(/\s+/),
)

const lookAt = async (type: string, physical: string, config: ClientConfig): Promise<unknown> => {
  const look = LOOKS[type]
  if (!look && !WITHIN.has(type)) throw new Error(`stackFacts does not know how to look at ${type}`)
  return look?.(physical, config)
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
  // SAM puts the hash of a layer's place at the end of its ID.
  for (const one of found) if (one.type === 'AWS::Lambda::LayerVersion') one.id = one.id.replace(/[0-9a-f]{10}$/, '')
  const facts: Record<string, unknown> = {}
  for (const { id, physical, type } of found) facts[id] = { type, facts: await lookAt(type, physical, config) }
  // The longest first: a name may begin with another one.
  const names = found
    .filter(({ id, physical }) => physical.length > 3 && physical !== id)
    .sort((a, b) => b.physical.length - a.physical.length)
  const renamed = (text: string): unknown => {
    for (const { id, physical } of names) text = text.replaceAll(JSON.stringify(physical).slice(1, -1), id)
    // Names that are no physical ids: those that CloudFormation makes up for keys, plans and pools.
    text = text.replace(new RegExp(`${StackName}-(\\w+)-[A-Z0-9]{12}\\b`, 'g'), '$1')
    // Which stack it is, CloudFormation's own tags say.
    text = text.replace(/("aws:cloudformation:stack-(?:name|id)"(?:,"Value")?:)"[^"]*"/g, '$1""')
    // A stream's name is the time at which it was made.
    text = text.replace(/\/stream\/[\d:.T-]+/g, '/stream/')
    return JSON.parse(text.replaceAll(`${StackName}-`, 'local-'))
  }
  return Object.fromEntries(Object.entries(facts).map(([id, one]) => [id, lasting(renamed(JSON.stringify(one)))]))
}
