import { type Dict, isDict } from '../source.ts'
import { lambdaTags, operatorRole } from './operator.ts'
import { attributesOf, getAtt, given, type SamType, tagList } from './types.ts'

/** AWS::Serverless::CapacityProvider: the instances that functions run on, and the role that manages them. */
export const capacityProvider: SamType = {
  properties: [
    'CapacityProviderName',
    'VpcConfig',
    'OperatorRole',
    'Tags',
    'PropagateTags',
    'InstanceRequirements',
    'ScalingConfig',
    'KmsKeyArn',
    'LoggingConfig',
    'ManagedResourceTags',
  ],
  transform(resource, context) {
    const { id, entry, properties, refuse } = resource
    const attributes = attributesOf(entry)
    const { VpcConfig: network, OperatorRole: role, ManagedResourceTags: managed } = properties
    if (!isDict(network)) throw refuse("Missing required property 'VpcConfig'.")
    const instances = mapOf(properties.InstanceRequirements)
    if (instances?.AllowedTypes && instances.ExcludedTypes)
      throw refuse("'InstanceRequirements.AllowedTypes' and 'InstanceRequirements.ExcludedTypes' exclude each other.", [
        properties,
        'InstanceRequirements',
      ])
    const roleId = `${id}OperatorRole`
    return {
      [id]: {
        ...attributes,
        Type: 'AWS::Lambda::CapacityProvider',
        Properties: given({
          CapacityProviderName: properties.CapacityProviderName || undefined,
          VpcConfig: given({ SubnetIds: network.SubnetIds, SecurityGroupIds: network.SecurityGroupIds }),
          PermissionsConfig: { CapacityProviderOperatorRoleArn: role || getAtt(roleId, 'Arn') },
          Tags: lambdaTags(properties.Tags),
          InstanceRequirements:
            instances &&
            given({
              Architectures: instances.Architectures,
              AllowedInstanceTypes: instances.AllowedTypes,
              ExcludedInstanceTypes: instances.ExcludedTypes,
            }),
          CapacityProviderScalingConfig: scalingOf(mapOf(properties.ScalingConfig)),
          KmsKeyArn: properties.KmsKeyArn || undefined,
          TelemetryConfig: properties.LoggingConfig ? { LoggingConfig: properties.LoggingConfig } : undefined,
          PropagateTags:
            isDict(managed) && isDict(managed.Tags)
              ? { Mode: 'Explicit', ExplicitTags: tagList(managed.Tags) }
              : undefined,
        }),
      },
      ...(role ? {} : { [roleId]: operatorRole(resource, context, 'AWSLambdaManagedEC2ResourceOperator') }),
    }
  },
}

/** A map that says something. */
const mapOf = (value: unknown): Dict | undefined => (isDict(value) && Object.keys(value).length ? value : undefined)

const scalingOf = (scaling: Dict | undefined): Dict | undefined => {
  if (!scaling) return undefined
  const { MaxVCpuCount, AverageCPUUtilization: target } = scaling
  const isSet = target !== undefined && target !== null
  return given({
    MaxVCpuCount,
    ScalingMode: isSet ? 'Manual' : 'Auto',
    ScalingPolicies: isSet
      ? [{ PredefinedMetricType: 'LambdaCapacityProviderAverageCPUUtilization', TargetValue: target }]
      : undefined,
  })
}
