import type { Dict } from '../../source.ts'
import type { SamEvent } from './types.ts'

/** A secret that may be read: user and password, or a certificate. */
export const secret = (uri: unknown): Dict => ({
  Action: ['secretsmanager:GetSecretValue'],
  Effect: 'Allow',
  Resource: uri,
})
export const on = (Action: string, Resource: unknown): Dict => ({ Action: [Action], Effect: 'Allow', Resource })
export const account = (service: string, rest: string): Dict => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`,
})

/** What a function in a VPC does with its network interfaces. */
export const NETWORK: Dict = {
  Action: [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeVpcs',
    'ec2:DescribeSubnets',
    'ec2:DescribeSecurityGroups',
  ],
  Effect: 'Allow',
  Resource: '*',
}

/** The key that the source's secret is encrypted with; `Action` is a text for one kind of source, a list for the others. */
export const decrypt = ({ properties, refuse }: SamEvent, Action: unknown = ['kms:Decrypt']): Dict[] => {
  const key = properties.SecretsManagerKmsKeyId
  if (key === undefined || key === null || key === '') return []
  if (typeof key !== 'string')
    throw refuse("'SecretsManagerKmsKeyId' should be a string.", [properties, 'SecretsManagerKmsKeyId'])
  return [{ Action, Effect: 'Allow', Resource: account('kms', `key/${key}`) }]
}
