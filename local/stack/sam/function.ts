import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { codeOf } from './code.ts'
import { invokeConfigOf } from './destinations.ts'
import { eventResources } from './events/events.ts'
import { roleOf } from './role.ts'
import { getAtt, given, ifOf, isNoValue, type SamContext, type SamResource, type SamType, tagList } from './types.ts'

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
  ],
  missing: [
    'ImageUri',
    'DeploymentPreference',
    'AutoPublishAlias',
    'AutoPublishCodeSha256',
    'AutoPublishAliasAllProperties',
    'VersionDescription',
    'ProvisionedConcurrencyConfig',
    'FunctionUrlConfig',
    'CapacityProviderConfig',
    'FunctionScalingConfig',
    'VersionDeletionPolicy',
    'PublishToLatestPublished',
    'TenancyConfig',
    'DurableConfig',
  ],
  transform(resource, context) {
    const { id, entry, properties } = resource
    const { Type: _, Properties: __, IgnoreGlobals: ___, ...attributes } = entry
    const tags = tagsOf(resource)
    const tracing = properties.Tracing !== undefined && context.parameter(properties.Tracing) !== 'Disabled'
    const deadLetters = deadLettersOf(resource)
    const { resources, policies } = invokeConfigOf(resource, context)
    const role = roleOf(
      resource,
      { tags, tracing, policies: deadLetters ? [deadLetters.policy, ...policies] : policies },
      context,
    )
    const lambda: ResourceEntry = {
      ...attributes,
      Type: 'AWS::Lambda::Function',
      Properties: context.source.carry(
        properties,
        given({
          ...Object.fromEntries(PASSED.map((name) => [name, properties[name]])),
          Code: codeFor(resource, context),
          Tags: tags,
          TracingConfig: tracing ? { Mode: properties.Tracing } : undefined,
          DeadLetterConfig: deadLetters && { TargetArn: deadLetters.target },
        }),
      ),
    }
    const made: Record<string, ResourceEntry> = { [id]: lambda, ...withRole(lambda, role, resource, context) }
    Object.assign(made, resources, eventResources(resource, context))
    return propagated(made, resource)
  },
}

const codeFor = ({ entry, properties, refuse }: SamResource, { folder }: SamContext): Dict => {
  const { PackageType: packageType, Runtime: runtime, Handler: handler, InlineCode: inline, CodeUri: uri } = properties
  if (packageType !== undefined && packageType !== 'Zip')
    throw refuse('a PackageType other than `Zip` is not part of the local cloud.', [properties, 'PackageType'])
  if (!runtime || !handler) throw refuse('Runtime and Handler needs to be present when PackageType is of type `Zip`.')
  if (inline === undefined && uri === undefined) throw refuse("Either 'InlineCode' or 'CodeUri' must be set.")
  const code =
    inline === undefined
      ? codeOf(uri, entry.Metadata, folder, (message, ...spots) => refuse(message, ...spots, [properties, 'CodeUri']))
      : { ZipFile: inline }
  return { ...code, ...given({ SourceKMSKeyArn: properties.SourceKMSKeyArn }) }
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
