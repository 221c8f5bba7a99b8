import type { Parameter } from '@aws-sdk/client-cloudformation'
import { ServiceError } from '../../base/errors.ts'
import { outsideAt } from '../outside.ts'
import { type Prepared, prepare } from '../prepare.ts'
import { partitionOf, pseudoParameters } from '../pseudo.ts'
import { createSource } from '../source.ts'
import type { StackRecord, Tag } from '../store.ts'
import { readTemplate, type Template } from '../template.ts'
import { asRequest, invalid } from './errors.ts'
import type { CloudFormationCall } from './names.ts'

/**
 * The parameters of a request; one with UsePreviousValue has the value that the stack has.
 * @throws ServiceError ValidationError
 */
export const givenParameters = (
  parameters: Parameter[] = [],
  previous: Record<string, string> | undefined,
  declared: ReadonlySet<string> | undefined,
): Record<string, string> => {
  const given: Record<string, string> = {}
  for (const { ParameterKey: key, ParameterValue: value, UsePreviousValue } of parameters) {
    if (!key) throw invalid('Parameters: each must have a ParameterKey.')
    const start = `Invalid input for parameter key ${key}.`
    if (Object.hasOwn(given, key)) throw invalid(`${start} Duplicate parameter keys are not allowed.`)
    if (!UsePreviousValue) {
      if (value === undefined)
        throw invalid(`${start} Need to specify either usePreviousValue as true or a value for a parameter`)
      given[key] = value
      continue
    }
    if (value !== undefined)
      throw invalid(`${start} Cannot specify usePreviousValue as true and a non empty value for a parameter`)
    if (!previous || !declared?.has(key))
      throw invalid(`${start} Cannot specify usePreviousValue as true for a parameter key not in the previous template`)
    // What was left to the default of the previous template follows the new one's.
    const before = Object.hasOwn(previous, key) ? previous[key] : undefined
    if (before !== undefined) given[key] = before
  }
  return given
}

/** Names of the parameters that a template declares, or none where it cannot be read any more. */
export const declaredIn = (text: string): ReadonlySet<string> =>
  new Set(Object.keys(readTemplate(text, createSource(undefined)).parameters))

/** CloudFormation's limit of tags of a stack. */
const MOST_TAGS = 50

/** @throws ServiceError ValidationError */
export const givenTags = (
  tags: { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Tag[] | undefined => {
  if (tags === undefined) return undefined
  if (tags.length > MOST_TAGS)
    throw invalid(
      `1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to ${MOST_TAGS}`,
    )
  const seen = new Set<string>()
  return tags.map(({ Key = '', Value = '' }) => {
    if (Key.length < 1 || Key.length > 128)
      throw invalid(
        `1 validation error detected: Value '${Key.slice(0, 1000)}' at 'tags' failed to satisfy constraint: Member must have length between 1 and 128`,
      )
    if (Value.length > 256)
      throw invalid(
        `1 validation error detected: Value at 'tags.${Key}' failed to satisfy constraint: Member must have length less than or equal to 256`,
      )
    if (/^aws:/i.test(Key)) throw invalid('aws: prefixed tag key names are not allowed for external use.')
    if (seen.has(Key)) throw invalid(`Duplicate tag keys found: ${Key}`)
    seen.add(Key)
    return { Key, Value }
  })
}

/** Types that need a capability, and the properties by which they are named ("Acknowledging IAM resources"). */
const IAM_TYPES: Record<string, string | undefined> = {
  'AWS::IAM::AccessKey': '',
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': '',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserToGroupAddition': '',
}

/** What a caller must acknowledge before a template is deployed, and why. */
export const neededCapabilities = ({ resources }: Template): { capability: string | undefined; why: string } => {
  const iam = Object.values(resources).filter(({ Type }) => IAM_TYPES[Type] !== undefined)
  const named = iam.some(({ Type, Properties }) => Properties?.[IAM_TYPES[Type] as string] !== undefined)
  const capability = named ? 'CAPABILITY_NAMED_IAM' : iam.length ? 'CAPABILITY_IAM' : undefined
  const types = [...new Set(iam.map(({ Type }) => Type))].sort().join(', ')
  return {
    capability,
    why: `The following resource(s) require capabilities: [${types}]`,
  }
}

const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']

const lacking = (capability: string) =>
  new ServiceError('InsufficientCapabilitiesException', `Requires capabilities : [${capability}]`, { status: 400 })

/**
 * @param expands whether the transform is run without anyone having seen its result: in no change set
 * @throws ServiceError InsufficientCapabilitiesException
 */
export const checkCapabilities = (template: Template, capabilities: string[] = [], expands: boolean): void => {
  const unknown = capabilities.find((one) => !CAPABILITIES.includes(one))
  if (unknown !== undefined)
    throw invalid(
      `1 validation error detected: Value '[${capabilities.join(', ')}]' at 'capabilities' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [${CAPABILITIES.join(', ')}]]`,
    )
  if (expands && template.transforms.length && !capabilities.includes('CAPABILITY_AUTO_EXPAND'))
    throw lacking('CAPABILITY_AUTO_EXPAND')
  const { capability } = neededCapabilities(template)
  const has = capabilities.includes('CAPABILITY_NAMED_IAM') || capabilities.includes(capability ?? '')
  if (capability !== undefined && !has) throw lacking(capability)
}

/** A stack that is to come: kept once its first operation or change set is. */
export const newStack = (name: string, { region, account, ground }: CloudFormationCall): StackRecord => ({
  id: `arn:${partitionOf(region)}:cloudformation:${region}:${account}:stack/${name}/${ground.ids.uuid()}`,
  name,
  region,
  status: 'REVIEW_IN_PROGRESS',
  template: '',
  given: {},
  parameters: {},
  outputs: {},
  imports: [],
  created: ground.clock.now(),
})

/** Reads, transforms and checks the template of a request. @throws ServiceError ValidationError */
export const preparedFor = (
  stack: Pick<StackRecord, 'id' | 'name' | 'region'>,
  text: string,
  given: Record<string, string>,
  { account, store, ground }: CloudFormationCall,
): Prepared =>
  asRequest(() =>
    prepare({
      ...{ text, given, pseudo: pseudoParameters(account, stack) },
      ...{ outside: outsideAt(ground.clock.now()), typeOf: store.typeOf },
    }),
  )
