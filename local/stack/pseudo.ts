import type { ParameterValue } from './parameters.ts'

export const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'

/** The pseudo parameters of a stack, `AWS::NoValue` apart. */
export const pseudoParameters = (
  account: string,
  {
    id,
    name,
    region,
    notificationArns = [],
  }: { id: string; name: string; region: string; notificationArns?: string[] },
): Record<string, ParameterValue> => ({
  'AWS::AccountId': account,
  'AWS::NotificationARNs': notificationArns,
  'AWS::Partition': partitionOf(region),
  'AWS::Region': region,
  'AWS::StackId': id,
  'AWS::StackName': name,
  'AWS::URLSuffix': region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com',
})
