import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { managedPolicyArn } from './policies.ts'
import { resolved } from './publish.ts'
import { regionsOf } from './regions.ts'
import {
  attributesOf,
  getAtt,
  given,
  inherited,
  isIntrinsic,
  type SamContext,
  type SamResource,
  type SamType,
  tagList,
  trustIn,
} from './types.ts'

/** AWS::Serverless::WebFunction: the function, its revision, the endpoint that leads to it, and the role it acts by. */
export const webFunction: SamType = {
  properties: [
    'FunctionName',
    'Tags',
    'ReplicaRegions',
    'AuthType',
    'Runtime',
    'CodeUri',
    'InlineCode',
    'RevisionDescription',
    'KmsKeyArn',
    'ExecutionRoleArn',
    'EnvironmentVariables',
    'EntryPoint',
    'MaxConcurrencyPerEnvironment',
    'EgressNetworkConnectorArn',
    'Timeout',
    'LoggingConfig',
    'RevisionWeights',
    'EndpointName',
    'EndpointType',
    'EndpointDescription',
    'ScalingConfig',
    'ThrottleConfig',
    'AutoDeploymentMode',
  ],
  transform(resource, context) {
    const { id, entry, properties } = resource
    const attributes = attributesOf(entry)
    checkDeployment(resource, context)
    checkSettings(resource)
    const FunctionName = properties.FunctionName || nameOf(id)
    const revisionId = `${id}Revision`
    const roleId = `${id}Role`
    const role = properties.ExecutionRoleArn ?? getAtt(roleId, 'Arn')
    const tags = isDict(properties.Tags) ? tagList(properties.Tags) : []
    return {
      [id]: {
        ...attributes,
        Type: 'AWS::Lambda::WebFunction',
        Properties: { FunctionName, Tags: [{ Key: 'lambda:createdBy', Value: 'SAM' }, ...tags] },
      },
      [revisionId]: {
        Type: 'AWS::Lambda::WebFunctionRevision',
        ...inherited(entry),
        DependsOn: [id],
        Properties: given({
          FunctionName,
          Description: properties.RevisionDescription,
          KmsKeyArn: properties.KmsKeyArn,
          BuildConfig: {
            CodeConfig: { S3Object: codeOf(resource) },
            RuntimeConfig: { Runtime: properties.Runtime },
          },
          ServiceConfig: serviceOf(resource, role),
        }),
      },
      [`${id}Endpoint`]: {
        Type: 'AWS::Lambda::WebFunctionEndpoint',
        ...inherited(entry),
        DependsOn: [id, revisionId],
        Properties: given({
          FunctionName,
          EndpointName: properties.EndpointName || 'prod',
          EndpointType: properties.EndpointType || 'HomeRegion',
          AuthType: properties.AuthType,
          RevisionWeights: weightsOf(resource) ?? [{ RevisionId: getAtt(revisionId, 'RevisionId'), Weight: 100 }],
          Regions: regionsOf(resource),
          Description: properties.EndpointDescription,
          ScalingConfig: properties.ScalingConfig,
          ThrottleConfig: properties.ThrottleConfig,
        }),
      },
      ...(properties.ExecutionRoleArn === undefined ? { [roleId]: roleOf(resource, context) } : {}),
    }
  },
}

/** The longest name of a function, less a hyphen and eight characters of the stack's id. */
const LONGEST = 64 - 1 - 8

/** What a Ref gives is the ARN: the parts name the function, by what makes it unique among stacks. */
const nameOf = (id: string): Dict => {
  const uuid = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }
  const StackIdSuffix = { 'Fn::Select': [0, { 'Fn::Split': ['-', uuid] }] }
  return { 'Fn::Sub': [`${id.slice(0, LONGEST)}-\${StackIdSuffix}`, { StackIdSuffix }] }
}

const MODES = ['LatestRevision', 'Disabled']
const REGIONAL = ['MultiRegion', 'PerRegion']

const checkDeployment = ({ properties, refuse }: SamResource, context: SamContext): void => {
  const mode = resolved(properties.AutoDeploymentMode, context) || 'LatestRevision'
  const type = resolved(properties.EndpointType, context)
  const spot = [properties, 'AutoDeploymentMode'] as const
  const isRegional = typeof type === 'string' && REGIONAL.includes(type)
  const { RevisionWeights: weights } = properties
  if (typeof mode !== 'string' || !MODES.includes(mode))
    throw refuse(`'AutoDeploymentMode' must resolve to one of ['${MODES.join("', '")}'] at transform time.`, spot)
  if (!properties.AuthType)
    throw refuse(
      "'AuthType' is required. Specify 'IamAuth' (Lambda authorizes requests with SigV4/IAM) or 'ApplicationManaged' (the endpoint is public and your function handles authorization).",
    )
  if (mode === 'LatestRevision' && weights)
    throw refuse("'RevisionWeights' cannot be specified when 'AutoDeploymentMode' is 'LatestRevision'.", spot)
  if (isRegional && mode !== 'Disabled')
    throw refuse(`'AutoDeploymentMode' must be 'Disabled' when 'EndpointType' is '${type}'.`, spot)
  if (mode === 'Disabled' && !isRegional && !weights)
    throw refuse("'RevisionWeights' must be specified when 'AutoDeploymentMode' is 'Disabled'.", spot)
}

const CONNECTOR = /^arn:[^:]+:lambda:[^:]*:[^:]*:network-connector:[^:]+:[^:]+$/

const checkSettings = ({ properties, refuse }: SamResource): void => {
  const { Timeout: timeout, EgressNetworkConnectorArn: arn, EnvironmentVariables: variables } = properties
  if (!properties.Runtime) throw refuse("'Runtime' is required.")
  if (typeof timeout === 'number' && (timeout < 3 || timeout > 900))
    throw refuse("'Timeout' must be an integer between 3 and 900.", [properties, 'Timeout'])
  if (typeof arn === 'string' && !CONNECTOR.test(arn))
    throw refuse(
      "'EgressNetworkConnectorArn' must be a version-qualified network-connector ARN (ending in ':<version>', e.g. the connector's LatestVersionArn).",
      [properties, 'EgressNetworkConnectorArn'],
    )
  if (!isDict(variables)) return
  if (isIntrinsic(variables)) {
    if (properties.EntryPoint)
      throw refuse("'EntryPoint' cannot be used when 'EnvironmentVariables' is an intrinsic function.")
    return
  }
  for (const [name, value] of Object.entries(variables)) {
    const wrong = (what: string) => refuse(`Environment variable ${what}`, [variables, name])
    if (!/^[a-zA-Z][a-zA-Z0-9_]*$/.test(name))
      throw wrong(`key '${name}' must match pattern '^[a-zA-Z][a-zA-Z0-9_]*$'.`)
    if (value === '') throw wrong(`'${name}' value must not be empty.`)
    if (typeof value === 'string' && value.length > 4096)
      throw wrong(`'${name}' value exceeds maximum length of 4096 characters.`)
  }
}

const codeOf = ({ properties, refuse }: SamResource): Dict => {
  const { CodeUri: uri, InlineCode: text } = properties
  const spot = [properties, 'CodeUri'] as const
  if (uri !== undefined && text !== undefined) throw refuse("Only one of 'InlineCode' or 'CodeUri' can be set.", spot)
  if (text)
    throw refuse(
      "'InlineCode' is not yet supported for 'AWS::Serverless::WebFunction'. Please use 'CodeUri' instead.",
      [properties, 'InlineCode'],
    )
  if (!uri) throw refuse("Either 'InlineCode' or 'CodeUri' must be set.")
  const place = typeof uri === 'string' ? placeOf(uri) : uri
  if (!isDict(place))
    throw refuse(
      "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
      spot,
    )
  if (!place.Bucket || !place.Key) throw refuse("'CodeUri' requires Bucket and Key properties to be specified.", spot)
  return given({ Bucket: place.Bucket, Key: place.Key, VersionId: place.Version })
}

const placeOf = (uri: string): Dict | undefined => {
  const [, Bucket, Key, Version] = /^s3:\/\/([^/?]+)\/([^?]+)(?:\?versionId=([^&]+))?$/.exec(uri) ?? []
  return Bucket ? given({ Bucket, Key, Version }) : undefined
}

const serviceOf = ({ properties }: SamResource, role: unknown): Dict => {
  const { EnvironmentVariables: variables, EntryPoint: entry } = properties
  const named = isDict(variables) ? variables : {}
  const texts = Object.entries(named).map(([name, value]) => [
    name,
    typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
  ])
  const all = isIntrinsic(variables)
    ? variables
    : { ...Object.fromEntries(texts), ...(entry ? { AWS_LAMBDA_NODEJS_ENTRYPOINT: entry } : {}) }
  return given({
    ExecutionRoleArn: role,
    EnvironmentVariables: isDict(all) && Object.keys(all).length ? all : undefined,
    TelemetryConfig: properties.LoggingConfig ? { LoggingConfig: properties.LoggingConfig } : undefined,
    MaxConcurrencyPerEnvironment: properties.MaxConcurrencyPerEnvironment,
    EgressNetworkConnectorArn: properties.EgressNetworkConnectorArn,
    TimeoutSeconds: properties.Timeout || 30,
  })
}

const weightsOf = ({ properties, refuse }: SamResource): Dict[] | undefined => {
  const { RevisionWeights: weights } = properties
  if (!weights) return undefined
  const wrong = (what: string) => refuse(`'RevisionWeights' ${what}`, [properties, 'RevisionWeights'])
  if (!isDict(weights)) throw wrong('must be a map of revision IDs to weights (e.g., {"rev-id": 100}).')
  if (isIntrinsic(weights)) throw wrong('does not support top-level intrinsic functions.')
  const values = Object.values(weights)
  for (const one of values) {
    if (typeof one !== 'number' && !isIntrinsic(one)) throw wrong('values must be integers or intrinsic functions.')
    if (typeof one === 'number' && (one < 1 || one > 100)) throw wrong(`values must be between 1 and 100, got ${one}.`)
  }
  if (values.length > 2) throw wrong('supports a maximum of 2 entries.')
  const numbers = values.filter((one): one is number => typeof one === 'number')
  const sum = numbers.reduce((all, one) => all + one, 0)
  if (numbers.length === values.length && sum !== 100) throw wrong(`values must sum to 100, got ${sum}.`)
  return Object.entries(weights).map(([RevisionId, Weight]) => ({ RevisionId, Weight }))
}

const roleOf = ({ entry, properties }: SamResource, { partition }: SamContext): ResourceEntry => ({
  Type: 'AWS::IAM::Role',
  ...inherited(entry),
  Properties: {
    AssumeRolePolicyDocument: trustIn('lambda.amazonaws.com'),
    ManagedPolicyArns: [managedPolicyArn('service-role/AWSLambdaBasicExecutionRole', partition)],
    Tags: [{ Key: 'lambda:createdBy', Value: 'SAM' }, ...(isDict(properties.Tags) ? tagList(properties.Tags) : [])],
  },
})
