import { TooLong, withinTime } from '../base/withinTime.ts'
import { type Dict, isDict, type Source } from './source.ts'
import type { Template } from './template.ts'

/** A parameter's value: a list for the list types. */
export type ParameterValue = string | string[]

export interface Parameters {
  values: Record<string, ParameterValue>
  /** For people: lists joined, NoEcho masked. */
  shown: Record<string, string>
}

const MEMBERS = new Set([
  'Type',
  'Default',
  'NoEcho',
  'AllowedValues',
  'AllowedPattern',
  'MaxLength',
  'MinLength',
  'MaxValue',
  'MinValue',
  'Description',
  'ConstraintDescription',
])
const TYPES = new Set(['String', 'Number', 'List<Number>', 'CommaDelimitedList', 'List<String>'])

/** CloudFormation's limit for a value, in bytes. */
const LONGEST = 4096

const isNumber = (text: string): boolean => /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text.trim())

/**
 * Gives each parameter of the template its value: what is given, or the default.
 * @throws Mistake in CloudFormation's words, with the line of the parameter.
 */
export const resolveParameters = (template: Template, given: Record<string, string>): Parameters => {
  const { parameters, source } = template
  // A parameter may be called `constructor`.
  const givenFor = (name: string) => (Object.hasOwn(given, name) ? given[name] : undefined)
  for (const [name, parameter] of Object.entries(parameters)) checkDeclaration(name, parameter, source)
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(parameters, name))
  if (unknown.length) throw source.mistake(`Parameters: [${unknown.join(', ')}] do not exist in the template.`)
  const missing = Object.keys(parameters).filter(
    (name) => givenFor(name) === undefined && !hasDefault(parameters[name]),
  )
  if (missing.length)
    throw source.mistake(`Parameters: [${missing.join(', ')}] must have values.`, parameters[missing[0] as string])

  const values: Record<string, ParameterValue> = {}
  const shown: Record<string, string> = {}
  for (const [name, parameter] of Object.entries(parameters)) {
    const text = givenFor(name) ?? textOf(parameter.Default)
    values[name] = check(name, parameter, text, source)
    shown[name] = isTrue(parameter.NoEcho) ? '****' : text
  }
  return { values, shown }
}

const hasDefault = (parameter: Dict | undefined): boolean => parameter?.Default !== undefined
const isTrue = (value: unknown): boolean => String(value).toLowerCase() === 'true'
const textOf = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(',') : String(value ?? ''))

const checkDeclaration = (name: string, parameter: Dict, source: Source) => {
  const { Type: type } = parameter
  for (const member of Object.keys(parameter))
    if (!MEMBERS.has(member))
      throw source.mistake(`Template format error: Invalid member ${member} of parameter ${name}.`, [parameter, member])
  if (typeof type !== 'string')
    throw source.mistake('Template format error: Every Parameters object must contain a Type member.', parameter)
  if (/^(List<)?AWS::/.test(type))
    throw source.mistake(
      `the parameter type ${type} is looked up on AWS and is not part of the local cloud; give the value itself as a String.`,
      [parameter, 'Type'],
    )
  if (!TYPES.has(type))
    throw source.mistake(`Template format error: Unrecognized parameter type: ${type}.`, [parameter, 'Type'])
  if (isDict(parameter.Default))
    throw source.mistake(`Template format error: Every Default member must be a string.`, [parameter, 'Default'])
  if (parameter.AllowedValues !== undefined && !Array.isArray(parameter.AllowedValues))
    throw source.mistake('Template format error: AllowedValues must be a list.', [parameter, 'AllowedValues'])
  for (const limit of ['MinLength', 'MaxLength', 'MinValue', 'MaxValue'])
    if (parameter[limit] !== undefined && !isNumber(String(parameter[limit])))
      throw source.mistake(`Template format error: ${limit} must be a number.`, [parameter, limit])
  if (parameter.AllowedPattern !== undefined) patternOf(parameter, source)
}

const patternOf = (parameter: Dict, source: Source): RegExp => {
  try {
    return new RegExp(`^(?:${String(parameter.AllowedPattern)})$`, 's')
  } catch {
    throw source.mistake('Template format error: AllowedPattern is not a regular expression.', [
      parameter,
      'AllowedPattern',
    ])
  }
}

/** How long a template's pattern may be compared with a value, ms: some take years, and a busy machine some of them. */
const LONGEST_COMPARED = 2_000
/** Values of so many characters are soon compared with any pattern. */
const SHORT = 12

const matches = (values: string[], parameter: Dict, source: Source): boolean => {
  const pattern = patternOf(parameter, source)
  try {
    const compare = () => values.every((one) => pattern.test(one))
    return values.every(({ length }) => length <= SHORT) ? compare() : withinTime(LONGEST_COMPARED, compare)
  } catch (error) {
    if (!(error instanceof TooLong)) throw error
    throw source.mistake('Template format error: AllowedPattern takes too long to be compared with a value.', [
      parameter,
      'AllowedPattern',
    ])
  }
}

const check = (name: string, parameter: Dict, text: string, source: Source): ParameterValue => {
  const refuse = (message: string) => source.mistake(`Parameter '${name}' ${message}.`, parameter)
  const constraint = parameter.ConstraintDescription
  const broken = (message: string) => refuse(constraint ? `failed to satisfy constraint: ${constraint}` : message)
  if (Buffer.byteLength(text) > LONGEST) throw refuse(`must not be longer than ${LONGEST} bytes`)
  const type = String(parameter.Type)
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<')
  const list = isList ? (text === '' ? [] : text.split(',').map((one) => one.trim())) : undefined
  const each = list ?? [text]
  if (type === 'Number' && !isNumber(text)) throw refuse('must be a number')
  if (type === 'List<Number>' && !each.every(isNumber)) throw refuse('must be a list of numbers')

  const { AllowedValues: allowed, MinLength, MaxLength, MinValue, MaxValue } = parameter
  if (Array.isArray(allowed) && !each.every((one) => allowed.map(textOf).includes(one)))
    throw broken(`must be one of AllowedValues [${allowed.map(textOf).join(', ')}]`)
  if (parameter.AllowedPattern !== undefined && !matches(each, parameter, source))
    throw broken(`must match pattern ${parameter.AllowedPattern}`)
  if (type === 'String') {
    if (MinLength !== undefined && text.length < Number(MinLength))
      throw broken(`must contain at least ${MinLength} characters`)
    if (MaxLength !== undefined && text.length > Number(MaxLength))
      throw broken(`must contain at most ${MaxLength} characters`)
  }
  if (type === 'Number' || type === 'List<Number>') {
    if (MinValue !== undefined && each.some((one) => Number(one) < Number(MinValue)))
      throw broken(`must be a number not less than ${MinValue}`)
    if (MaxValue !== undefined && each.some((one) => Number(one) > Number(MaxValue)))
      throw broken(`must be a number not greater than ${MaxValue}`)
  }
  return list ?? text
}
