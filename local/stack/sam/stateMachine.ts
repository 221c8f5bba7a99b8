import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { managedPolicyArn } from './policies.ts'
import { executionRole } from './role.ts'
import { stateMachineEvents } from './stateMachineEvents.ts'
import {
  attributesOf,
  getAtt,
  given,
  inherited,
  isIntrinsic,
  ref,
  type SamContext,
  type SamResource,
  type SamType,
  tagList,
  trustIn,
} from './types.ts'

const TRUST: Dict = trustIn('states.amazonaws.com')

/** AWS::Serverless::StateMachine: the state machine, its role unless one is given, its alias, and what its events need. */
export const stateMachine: SamType = {
  properties: [
    'Definition',
    'DefinitionUri',
    'DefinitionSubstitutions',
    'Logging',
    'Role',
    'RolePath',
    'Events',
    'Name',
    'Type',
    'Tags',
    'PropagateTags',
    'Policies',
    'Tracing',
    'PermissionsBoundary',
    'AutoPublishAlias',
    'DeploymentPreference',
    'UseAliasAsEventTarget',
  ],
  transform(resource, context) {
    const { id, entry, properties, refuse } = resource
    const attributes = attributesOf(entry)
    const own = isDict(properties.Tags) ? properties.Tags : {}
    const tags = tagList({ 'stateMachine:createdBy': 'SAM', ...own })
    if (properties.Role && properties.Policies)
      throw refuse("Specify either 'Role' or 'Policies' (but not both at the same time) or neither of them", [
        properties,
        'Role',
      ])
    const roleId = `${id}Role`
    const made: Record<string, ResourceEntry> = {
      [id]: {
        ...attributes,
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: context.source.carry(
          properties,
          given({
            ...definitionOf(resource),
            RoleArn: properties.Role || getAtt(roleId, 'Arn'),
            StateMachineName: properties.Name,
            StateMachineType: properties.Type,
            LoggingConfiguration: properties.Logging,
            TracingConfiguration: properties.Tracing,
            Tags: tags,
          }),
        ),
      },
      ...(properties.Role ? {} : { [roleId]: roleOf(resource, tags, context) }),
      ...aliasOf(resource),
    }
    const target = properties.UseAliasAsEventTarget ? aliasId(resource) : id
    Object.assign(made, stateMachineEvents(resource, ref(target), context))
    return properties.PropagateTags === true && Object.keys(own).length ? propagated(made, tagList(own)) : made
  },
}

const TAGGABLE = new Set(['AWS::StepFunctions::StateMachine', 'AWS::IAM::Role', 'AWS::SQS::Queue'])

const propagated = (made: Record<string, ResourceEntry>, tags: Dict[]) => {
  for (const entry of Object.values(made))
    if (TAGGABLE.has(entry.Type)) entry.Properties = { ...entry.Properties, Tags: tags }
  return made
}

const roleOf = (resource: SamResource, tags: Dict[], context: SamContext): ResourceEntry => {
  const { Tracing: tracing, Policies: policies } = resource.properties
  const traced = isDict(tracing) && tracing.Enabled === true
  const listed = policies === undefined ? [] : [policies].flat()
  const xray = context.partition === 'aws' ? 'AWSXrayWriteOnlyAccess' : 'AWSXRayDaemonWriteAccess'
  const withTracing = traced ? [...listed, managedPolicyArn(xray, context.partition)] : listed
  const policied = { ...resource, properties: { ...resource.properties, Policies: withTracing } }
  return executionRole(policied, { tags, policies: [], managed: [], trust: TRUST }, context)
}

const aliasId = ({ id, properties, refuse }: SamResource): string => {
  if (!properties.AutoPublishAlias)
    throw refuse("'UseAliasAsEventTarget' requires 'AutoPublishAlias' property to be specified.")
  return `${id}Alias${String(properties.AutoPublishAlias)}`
}

const aliasOf = (resource: SamResource): Record<string, ResourceEntry> => {
  const { id, entry, properties, refuse } = resource
  const { AutoPublishAlias: Name, DeploymentPreference: preference } = properties
  if (!Name) {
    if (preference) throw refuse("'DeploymentPreference' requires 'AutoPublishAlias' property to be specified.")
    return {}
  }
  const versionId = `${id}Version`
  return {
    [versionId]: {
      Type: 'AWS::StepFunctions::StateMachineVersion',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      ...inherited(entry),
      Properties: { StateMachineArn: ref(id), StateMachineRevisionId: getAtt(id, 'StateMachineRevisionId') },
    },
    [aliasId(resource)]: {
      Type: 'AWS::StepFunctions::StateMachineAlias',
      ...inherited(entry),
      Properties: {
        Name,
        DeploymentPreference: {
          ...(isDict(preference) ? preference : { Type: 'ALL_AT_ONCE' }),
          StateMachineVersionArn: ref(versionId),
        },
      },
    },
  }
}

/** The definition: text in lines, its functions and references as substitutions; or a place in S3. */
const definitionOf = ({ properties, refuse }: SamResource): Dict => {
  const { Definition: definition, DefinitionUri: uri, DefinitionSubstitutions: given } = properties
  const substitutions = isDict(given) ? given : {}
  if (definition && uri) throw refuse("Specify either 'Definition' or 'DefinitionUri' property and not both.")
  if (definition) {
    const found: Dict = {}
    const text = JSON.stringify(substituted(definition, found), null, 4)
    const all = { ...substitutions, ...found }
    return {
      ...(Object.keys(all).length ? { DefinitionSubstitutions: all } : {}),
      DefinitionString: { 'Fn::Join': ['\n', text.split('\n')] },
    }
  }
  if (!uri) throw refuse("Either 'Definition' or 'DefinitionUri' property must be specified.")
  const spot = [properties, 'DefinitionUri'] as const
  const place = typeof uri === 'string' ? placeOf(uri) : uri
  if (!isDict(place))
    throw refuse(
      "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
      spot,
    )
  const { Bucket, Key, Version } = place
  if (!Bucket || !Key) throw refuse("'DefinitionUri' requires Bucket and Key properties to be specified.", spot)
  return {
    ...(Object.keys(substitutions).length ? { DefinitionSubstitutions: substitutions } : {}),
    DefinitionS3Location: { Bucket, Key, ...(Version === undefined ? {} : { Version }) },
  }
}

const placeOf = (uri: string): Dict | undefined => {
  const [, Bucket, Key, Version] = /^s3:\/\/([^/?]+)\/([^?]+)(?:\?versionId=([^&]+))?$/.exec(uri) ?? []
  return Bucket ? { Bucket, Key, ...(Version ? { Version } : {}) } : undefined
}

/** `{{resolve:ssm:name}}` */
const DYNAMIC = /^\{\{resolve:[a-z-]+:.+\}\}$/

/** A definition with sorted members; each function and dynamic reference in it stands under a name in `found`. */
const substituted = (value: unknown, found: Dict): unknown => {
  if (Array.isArray(value)) return value.map((one) => substituted(one, found))
  if (isIntrinsic(value) || (typeof value === 'string' && DYNAMIC.test(value))) {
    const name = `definition_substitution_${Object.keys(found).length + 1}`
    found[name] = value
    return `\${${name}}`
  }
  if (!isDict(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, substituted(value[name], found)]),
  )
}
