import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { codeOf } from './code.ts'
import { deploymentOf, updatePolicyOf } from './deployment.ts'
import { invokeConfigOf } from './destinations.ts'
import { eventResources } from './events/events.ts'
import { functionUrl } from './functionUrl.ts'
import { described, invokedOf, publishedOf, resolved } from './publish.ts'
import { roleOf } from './role.ts'
import {
  attributesOf,
  getAtt,
  given,
  ifOf,
  isNoValue,
  type SamContext,
  type SamResource,
  type SamType,
  tagList,
} from './types.ts'

/** Properties that AWS::Lambda::Function has under the same name. */
const PASSED = [
  'FunctionName',
  'Handler',
  'Runtime',
  'PackageType',
  'Description',
  'MemorySize',
  'Timeout',
  'VpcConfig',
  'Environment',
  'KmsKeyArn',
  'ReservedConcurrentExecutions',
  'Layers',
  'FileSystemConfigs',
  'ImageConfig',
  'CodeSigningConfigArn',
  'Architectures',
  'SnapStart',
  'EphemeralStorage',
  'RuntimeManagementConfig',
  'LoggingConfig',
  'RecursiveLoop',
  'FunctionScalingConfig',
  'PublishToLatestPublished',
  'TenancyConfig',
  'DurableConfig',
] as const

const DEAD_LETTERS: Record<string, string | undefined> = { SQS: 'sqs:SendMessage', SNS: 'sns:Publish' }
const RESERVED_TAGS = ['lambda:createdBy', 'serverlessrepo:applicationId', 'serverlessrepo:semanticVersion']

/** AWS::Serverless::Function: the function, its role unless one is given, and what its events and destinations need. */
export const samFunction: SamType = {
  properties: [
    ...PASSED,
    'CodeUri',
    'InlineCode',
    'DeadLetterQueue',
    'Role',
    'AssumeRolePolicyDocument',
    'Policies',
    'RolePath',
    'PermissionsBoundary',
    'Events',
    'Tags',
    'PropagateTags',
    'Tracing',
    'EventInvokeConfig',
    'SourceKMSKeyArn',
    'ImageUri',
    'AutoPublishAlias',
    'AutoPublishCodeSha256',
    'AutoPublishAliasAllProperties',
    'VersionDescription',
    'VersionDeletionPolicy',
    'ProvisionedConcurrencyConfig',
    'DeploymentPreference',
    'FunctionUrlConfig',
    'CapacityProviderConfig',
  ],
  transform(resource, context) {
    const { id, entry, properties } = resource
    const attributes = attributesOf(entry)
    const tags = tagsOf(resource)
    const tracing = properties.Tracing !== undefined && context.parameter(properties.Tracing) !== 'Disabled'
    const deadLetters = deadLettersOf(resource)
    checkTenancy(resource)
    const code = codeFor(resource, context)
    const lambdaProperties = given({
      ...Object.fromEntries(PASSED.map((name) => [name, properties[name]])),
      // A new value of a parameter is new code, so a published version's code has no parameter in it.
      Code: properties.AutoPublishAlias ? resolved(code, context) : code,
      CapacityProviderConfig: capacityOf(resource),
      Tags: tags,
      TracingConfig: tracing ? { Mode: properties.Tracing } : undefined,
      DeadLetterConfig: deadLetters && { TargetArn: deadLetters.target },
    })
    const published = publishedOf(lambdaProperties, resource, context)
    const description = described(properties.Description, published?.sha256, context)
    const invoked = invokedOf(id, published)
    const { resources, policies } = invokeConfigOf(resource, context, published)
    const role = roleOf(
      resource,
      { tags, tracing, policies: deadLetters ? [deadLetters.policy, ...policies] : policies },
      context,
    )
    const lambda: ResourceEntry = {
      ...attributes,
      Type: 'AWS::Lambda::Function',
      Properties: context.source.carry(properties, {
        ...lambdaProperties,
        ...(description === undefined ? {} : { Description: description }),
      }),
    }
    if (published) {
      context.named.set(`${id}.Alias`, published.aliasId)
      context.named.set(`${id}.Version`, published.versionId)
    }
    nameDestinations(id, resources, context)
    const deployment = deploymentOf(resource, context)
    if (deployment && published) {
      context.deployments.push(deployment)
      published.alias.UpdatePolicy = updatePolicyOf(deployment)
    }
    const made: Record<string, ResourceEntry> = { [id]: lambda, ...withRole(lambda, role, resource, context) }
    Object.assign(made, published?.resources, functionUrl(resource, invoked, published !== undefined), resources)
    Object.assign(made, eventResources(resource, context, { invoked, role }))
    return propagated(made, resource)
  },
}

const codeFor = ({ entry, properties, refuse }: SamResource, { folder }: SamContext): Dict => {
  const {
    PackageType: type = 'Zip',
    Runtime: runtime,
    Handler: handler,
    ImageConfig: image,
    Layers: layers,
  } = properties
  const { InlineCode: inline, CodeUri: uri, ImageUri: imageUri } = properties
  if (type === 'Image') {
    if (!imageUri) throw refuse("'ImageUri' must be set.")
    if (runtime || handler || layers)
      throw refuse('Runtime, Handler, Layers cannot be present when PackageType is of type `Image`')
    return { ImageUri: imageUri }
  }
  if (type !== 'Zip') throw refuse(`invalid 'PackageType' : ${String(type)}`, [properties, 'PackageType'])
  if (inline === undefined && uri === undefined) throw refuse("Either 'InlineCode' or 'CodeUri' must be set.")
  if (!runtime || !handler) throw refuse('Runtime and Handler needs to be present when PackageType is of type `Zip`.')
  if (image) throw refuse('ImageUri or ImageConfig cannot be present when PackageType is of type `Zip`')
  const code =
    inline === undefined
      ? codeOf(uri, entry.Metadata, folder, (message, ...spots) => refuse(message, ...spots, [properties, 'CodeUri']))
      : { ZipFile: inline }
  return { ...code, ...given({ SourceKMSKeyArn: properties.SourceKMSKeyArn }) }
}

/** `Function.DestinationQueue` and `Function.DestinationTopic` are what is made for its destinations. */
const nameDestinations = (id: string, made: Record<string, ResourceEntry>, { named }: SamContext) => {
  for (const [madeId, { Type }] of Object.entries(made)) {
    if (Type === 'AWS::SQS::Queue') named.set(`${id}.DestinationQueue`, madeId)
    if (Type === 'AWS::SNS::Topic') named.set(`${id}.DestinationTopic`, madeId)
  }
}

const CAPACITY = new Set(['Arn', 'PerExecutionEnvironmentMaxConcurrency', 'ExecutionEnvironmentMemoryGiBPerVCpu'])

/** The instances of one's own that the function runs on. */
const capacityOf = ({ properties, refuse }: SamResource): Dict | undefined => {
  const config = properties.CapacityProviderConfig
  if (config === undefined || config === null) return undefined
  const spot = [properties, 'CapacityProviderConfig'] as const
  if (!isDict(config) || !config.Arn || Object.keys(config).some((name) => !CAPACITY.has(name)))
    throw refuse(
      `Invalid CapacityProviderConfig: it needs Arn, and takes ${[...CAPACITY].slice(1).join(' and ')}.`,
      spot,
    )
  const { Arn, ...rest } = config
  return { LambdaManagedInstancesCapacityProviderConfig: { CapacityProviderArn: Arn, ...given(rest) } }
}

/** What a function that keeps its tenants apart cannot have. */
const checkTenancy = ({ properties, refuse }: SamResource) => {
  if (!properties.TenancyConfig) return
  const end = 'not supported for functions enabled with tenancy configuration.'
  for (const [property, name] of [
    ['ProvisionedConcurrencyConfig', 'Provisioned concurrency'],
    ['FunctionUrlConfig', 'Function URL'],
    ['SnapStart', 'SnapStart'],
  ] as const)
    if (properties[property]) throw refuse(`${name} is ${end}`, [properties, property])
  const events = isDict(properties.Events) ? Object.values(properties.Events) : []
  const other = events.find((event) => isDict(event) && event.Type !== 'Api' && event.Type !== 'HttpApi')
  if (isDict(other))
    throw refuse(
      `Event source '${String(other.Type)}' is ${end} Only Api and HttpApi event sources are supported.`,
      other,
    )
}

const tagsOf = ({ properties, refuse }: SamResource): Dict[] => {
  const tags = properties.Tags ?? {}
  if (!isDict(tags)) throw refuse("'Tags' should be a map.", [properties, 'Tags'])
  const reserved = RESERVED_TAGS.find((name) => Object.hasOwn(tags, name))
  if (reserved)
    throw refuse(
      `${reserved} is a reserved Tag key name and cannot be set on your resource. Please change the tag key in the input.`,
      [tags, reserved],
    )
  return tagList({ 'lambda:createdBy': 'SAM', ...tags })
}

const deadLettersOf = ({ properties, refuse }: SamResource): { target: unknown; policy: Dict } | undefined => {
  const queue = properties.DeadLetterQueue
  if (queue === undefined || queue === null) return undefined
  const spot = [properties, 'DeadLetterQueue'] as const
  if (!isDict(queue) || !queue.Type || !queue.TargetArn)
    throw refuse("'DeadLetterQueue' requires Type and TargetArn properties to be specified.", spot)
  const action = DEAD_LETTERS[String(queue.Type)]
  if (!action) throw refuse("'DeadLetterQueue' requires Type of ['SQS', 'SNS'].", spot)
  return {
    target: queue.TargetArn,
    policy: {
      PolicyName: 'DeadLetterQueuePolicy',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: action, Resource: queue.TargetArn, Effect: 'Allow' }],
      },
    },
  }
}

/** Sets the function's Role: the one given, the one made, or by a condition one of the two. */
const withRole = (
  lambda: ResourceEntry,
  role: ResourceEntry,
  { id, properties, refuse }: SamResource,
  { conditions }: SamContext,
): Record<string, ResourceEntry> => {
  const roleId = `${id}Role`
  const made = getAtt(roleId, 'Arn')
  const set = (value: unknown) => {
    ;(lambda.Properties as Dict).Role = value
  }
  const [condition, yes, no] = ifOf(properties.Role, refuse) ?? []
  if (condition !== undefined && isNoValue(yes) !== isNoValue(no)) {
    const opposite = `NOT${condition}`
    if (isNoValue(no)) conditions[opposite] = { 'Fn::Not': [{ Condition: condition }] }
    set({ 'Fn::If': [condition, isNoValue(yes) ? made : yes, isNoValue(no) ? made : no] })
    return { [roleId]: { ...role, Condition: isNoValue(yes) ? condition : opposite } }
  }
  const isMissing = properties.Role === undefined || properties.Role === null
  if (!isMissing && !(condition !== undefined && isNoValue(yes))) {
    set(properties.Role)
    return {}
  }
  set(made)
  return { [roleId]: role }
}

/** With PropagateTags the function's tags replace those of all that is made for it. */
const propagated = (
  made: Record<string, ResourceEntry>,
  { properties }: SamResource,
): Record<string, ResourceEntry> => {
  const { PropagateTags: propagate, Tags: tags } = properties
  if (propagate !== true || !isDict(tags) || Object.keys(tags).length === 0) return made
  const taggable = new Set(['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::SQS::Queue', 'AWS::SNS::Topic'])
  for (const entry of Object.values(made))
    if (taggable.has(entry.Type)) entry.Properties = { ...entry.Properties, Tags: tagList(tags) }
  return made
}
