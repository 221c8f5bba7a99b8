import { isDict } from '../source.ts'
import { lambdaTags, operatorRole } from './operator.ts'
import { attributesOf, getAtt, given, type SamType } from './types.ts'

const COMPUTE = ['MicroVm', 'WebFunction']

/** AWS::Serverless::NetworkConnector: the way of Lambda's computers into a network, and the role that manages it. */
export const networkConnector: SamType = {
  properties: ['Name', 'VpcConfig', 'ComputeTypes', 'OperatorRole', 'Tags', 'PropagateTags'],
  transform(resource, context) {
    const { id, entry, properties, refuse } = resource
    const attributes = attributesOf(entry)
    const { VpcConfig: network, OperatorRole: role, ComputeTypes: types = ['MicroVm'] } = properties
    if (!isDict(network)) throw refuse("Missing required property 'VpcConfig'.")
    for (const name of ['SubnetIds', 'SecurityGroupIds', 'NetworkProtocol'])
      if (network[name] === undefined)
        throw refuse(`Property 'VpcConfig.${name}' is required.`, [properties, 'VpcConfig'])
    const spot = [properties, 'ComputeTypes'] as const
    if (!Array.isArray(types)) throw refuse("Property 'ComputeTypes' should be a list.", spot)
    if (types.length !== 1) throw refuse(`'ComputeTypes' must contain exactly one value, got ${types.length}.`, spot)
    const [type] = types
    if (typeof type === 'string' && !COMPUTE.includes(type))
      throw refuse(`'ComputeTypes' values must be one of ['${COMPUTE.join("', '")}'], got '${type}'.`, spot)
    const roleId = `${id}OperatorRole`
    return {
      [id]: {
        ...attributes,
        Type: 'AWS::Lambda::NetworkConnector',
        Properties: given({
          Name: properties.Name || undefined,
          Configuration: { VpcEgressConfiguration: { ...network, AssociatedComputeResourceTypes: types } },
          OperatorRole: role || getAtt(roleId, 'Arn'),
          Tags: lambdaTags(properties.Tags),
        }),
      },
      ...(role ? {} : { [roleId]: operatorRole(resource, context, 'AWSLambdaNetworkConnectorOperatorPolicy') }),
    }
  },
}
