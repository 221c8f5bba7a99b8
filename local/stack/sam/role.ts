import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { isPolicyTemplate, managedPolicyArn, policyOf, policyParameters, policyTemplateNames } from './policies.ts'
import { given, ifOf, inherited, isIntrinsic, isNoValue, type SamContext, type SamResource, trustIn } from './types.ts'

const TRUST: Dict = trustIn('lambda.amazonaws.com')

export interface RoleParts {
  tags: Dict[]
  tracing: boolean
  /** Policies of dead letter queue and destinations: they stand before the function's own. */
  policies: Dict[]
}

/** The execution role of a function: `<Id>Role`, with the policies that the function names and those that it needs. */
export const roleOf = (resource: SamResource, parts: RoleParts, context: SamContext): ResourceEntry => {
  const { properties } = resource
  const basic = properties.DurableConfig ? 'AWSLambdaBasicDurableExecutionRolePolicy' : 'AWSLambdaBasicExecutionRole'
  const managed: unknown[] = [managedPolicyArn(basic, context.partition)]
  // The transform kept the older policy where it came first.
  const tracing = context.partition === 'aws' ? 'AWSXrayWriteOnlyAccess' : 'AWSXRayDaemonWriteAccess'
  if (parts.tracing) managed.push(managedPolicyArn(tracing, context.partition))
  if (properties.VpcConfig) managed.push(managedPolicyArn('AWSLambdaVPCAccessExecutionRole', context.partition))
  return executionRole(resource, { ...parts, managed, trust: properties.AssumeRolePolicyDocument ?? TRUST }, context)
}

/** What a role is to be besides the policies that the resource names. */
interface Execution {
  tags: Dict[]
  /** Policies that stand before the resource's own. */
  policies: Dict[]
  managed: unknown[]
  trust: unknown
}

/** `<Id>Role`, with the policies that the resource names. */
export const executionRole = (resource: SamResource, parts: Execution, context: SamContext): ResourceEntry => {
  const { id, entry, properties } = resource
  const { managed, trust } = parts
  const inline = [...parts.policies]

  for (const [index, policy] of listOf(properties.Policies).entries()) {
    const kind = kindOf(policy, index, resource)
    const name = `${id}RolePolicy${index}`
    const convert = (value: unknown) =>
      kind === 'managed' ? arnOf(value, context) : { PolicyName: name, PolicyDocument: documentOf(value, resource) }
    const choice = ifOf(policy, resource.refuse)
    const converted = choice
      ? { 'Fn::If': [choice[0], ...choice.slice(1).map((one) => (isNoValue(one) ? one : convert(one)))] }
      : convert(policy)
    if (kind === 'document') inline.push(converted as Dict)
    else if (!managed.some((one) => JSON.stringify(one) === JSON.stringify(converted))) managed.push(converted)
  }
  return {
    Type: 'AWS::IAM::Role',
    ...inherited(entry),
    Properties: context.source.carry(
      entry,
      given({
        AssumeRolePolicyDocument: trust,
        ManagedPolicyArns: managed,
        Policies: inline.length ? inline : undefined,
        Path: properties.RolePath,
        PermissionsBoundary: properties.PermissionsBoundary,
        Tags: parts.tags,
      }),
    ),
  }
}

const listOf = (policies: unknown): unknown[] =>
  Array.isArray(policies) ? policies : policies === undefined || policies === null ? [] : [policies]

type Kind = 'managed' | 'document'

/** A name, an ARN or a function is a managed policy; a document or a policy template becomes an inline one. */
const kindOf = (policy: unknown, index: number, resource: SamResource): Kind => {
  if (typeof policy === 'string') return 'managed'
  const choice = ifOf(policy, resource.refuse)
  if (choice) {
    const kinds = new Set(choice.slice(1).flatMap((one) => (isNoValue(one) ? [] : [kindOf(one, index, resource)])))
    if (kinds.size > 1)
      throw resource.refuse(
        'Different policy types within the same Fn::If statement is unsupported. Separate different policy types into different Fn::If statements.',
        policy,
      )
    return kinds.has('document') ? 'document' : 'managed'
  }
  if (isIntrinsic(policy)) return 'managed'
  if (isDict(policy)) {
    if ('Statement' in policy) return 'document'
    const [name, ...rest] = Object.keys(policy)
    if (name && rest.length === 0 && isPolicyTemplate(name)) return 'document'
    if (name && rest.length === 0 && /Policy(_v2)?$/.test(name))
      throw resource.refuse(
        `the policy template ${name} is not part of the local cloud; it has ${policyTemplateNames().join(', ')}.`,
        policy,
      )
  }
  throw resource.refuse(`Policy at index ${index} in the 'Policies' property is not valid.`, policy, [
    resource.properties,
    'Policies',
  ])
}

const arnOf = (value: unknown, { partition }: SamContext): unknown =>
  typeof value === 'string' ? managedPolicyArn(value, partition) : value

const documentOf = (value: unknown, resource: SamResource): unknown => {
  if (!isDict(value) || 'Statement' in value) return value
  const [[name, values]] = Object.entries(value) as [[string, unknown]]
  if (!isDict(values))
    throw resource.refuse(`Must specify valid parameter values for policy template '${name}'.`, value)
  const missing = policyParameters(name).filter((parameter) => !(parameter in values))
  if (missing.length)
    throw resource.refuse(
      `Following required parameters of template '${name}' don't have values: [${missing.map((one) => `'${one}'`).join(', ')}].`,
      value,
    )
  return policyOf(name, values)
}
