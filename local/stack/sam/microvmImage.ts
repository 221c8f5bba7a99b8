import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { lambdaTags, roleTags } from './operator.ts'
import { resolved } from './publish.ts'
import {
  attributesOf,
  getAtt,
  given,
  inherited,
  type SamContext,
  type SamResource,
  type SamType,
  trustIn,
} from './types.ts'

const REQUIRED = ['Name', 'CodeUri', 'BaseImageArn', 'BaseImageVersion']

/** AWS::Serverless::MicrovmImage: what micro virtual machines start from, and the role that builds it. */
export const microvmImage: SamType = {
  properties: [
    ...REQUIRED,
    'BuildRoleArn',
    'Description',
    'Tags',
    'Logging',
    'EgressNetworkConnectors',
    'CpuConfigurations',
    'Resources',
    'AdditionalOsCapabilities',
    'Hooks',
    'EnvironmentVariables',
    'PropagateTags',
  ],
  transform(resource, context) {
    const { id, entry, properties, refuse } = resource
    const attributes = attributesOf(entry)
    for (const name of REQUIRED)
      if (properties[name] === undefined) throw refuse(`Missing required property '${name}'.`)
    const { EnvironmentVariables: variables } = properties
    const roleId = `${id}BuildRole`
    return {
      [id]: {
        ...attributes,
        Type: 'AWS::Lambda::MicrovmImage',
        Properties: given({
          Name: properties.Name,
          CodeArtifact: { Uri: properties.CodeUri },
          BaseImageArn: properties.BaseImageArn,
          BuildRoleArn: properties.BuildRoleArn || getAtt(roleId, 'Arn'),
          BaseImageVersion: properties.BaseImageVersion,
          // All of these are required: what is not said is nothing.
          Description: properties.Description || '',
          Tags: lambdaTags(properties.Tags),
          Logging: properties.Logging || {},
          EgressNetworkConnectors: properties.EgressNetworkConnectors || [],
          CpuConfigurations: properties.CpuConfigurations || [],
          Resources: properties.Resources || [],
          AdditionalOsCapabilities: properties.AdditionalOsCapabilities || [],
          Hooks: properties.Hooks || {},
          EnvironmentVariables: isDict(variables)
            ? Object.entries(variables).map(([Key, Value]) => ({ Key, Value }))
            : [],
        }),
      },
      ...(properties.BuildRoleArn ? {} : { [roleId]: buildRole(resource, context) }),
    }
  },
}

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']

const buildRole = (resource: SamResource, context: SamContext): ResourceEntry => ({
  Type: 'AWS::IAM::Role',
  ...inherited(resource.entry),
  Properties: {
    AssumeRolePolicyDocument: trustIn('lambda.amazonaws.com'),
    Policies: [
      {
        PolicyName: 'MicrovmImageBuildPolicy',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['s3:GetObject'], Resource: objectsOf(resource, context) },
            { Effect: 'Allow', Action: LOGS, Resource: '*' },
          ],
        },
      },
    ],
    Tags: roleTags(resource.properties),
  },
})

/** The objects of the bucket that the code lies in; which one that is may be known to CloudFormation only. */
const objectsOf = ({ properties, refuse }: SamResource, context: SamContext): Dict => {
  const { CodeUri: given } = properties
  const uri = resolved(given, context)
  if (typeof uri !== 'string' || !uri.startsWith('s3://'))
    return {
      'Fn::Sub': [
        `arn:\${AWS::Partition}:s3:::\${Bucket}/*`,
        { Bucket: { 'Fn::Select': [2, { 'Fn::Split': ['/', given] }] } },
      ],
    }
  const [, , bucket] = uri.split('/')
  if (!bucket)
    throw refuse('CodeUri must be a valid S3 URI with a bucket name (e.g. s3://bucket/key.zip).', [
      properties,
      'CodeUri',
    ])
  return { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${bucket}/*` }
}
