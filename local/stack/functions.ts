import { cidrBlocks } from './cidr.ts'
import { type TemplateFunction, textOf, type Use } from './scope.ts'
import { isDict } from './source.ts'

const listOf = (argument: unknown, use: Use): unknown[] | undefined => {
  const list = use.value(argument)
  return Array.isArray(list) ? list : undefined
}

const join: TemplateFunction = (argument, use) => {
  const [delimiter, items, ...rest] = Array.isArray(argument) ? argument : []
  const texts = listOf(items, use)?.map(textOf)
  if (typeof delimiter !== 'string' || rest.length || !texts || texts.includes(undefined))
    throw use.refuse(
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    )
  return texts.join(delimiter)
}

const select: TemplateFunction = (argument, use) => {
  const [at, items, ...rest] = Array.isArray(argument) ? argument : []
  const index = textOf(use.value(at))
  const list = listOf(items, use)
  if (index === undefined || !/^\d+$/.test(index) || !list || rest.length)
    throw use.refuse(
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list.',
    )
  const selected = list[Number(index)]
  if (selected === undefined || selected === null)
    throw use.refuse(`Template error: Fn::Select cannot select nonexistent value at index ${index}.`)
  return selected
}

const split: TemplateFunction = (argument, use) => {
  const [delimiter, whole, ...rest] = Array.isArray(argument) ? argument : []
  const text = textOf(use.value(whole))
  if (typeof delimiter !== 'string' || !delimiter || text === undefined || rest.length)
    throw use.refuse(
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    )
  return text.split(delimiter)
}

const choose: TemplateFunction = (argument, { scope, value, refuse }) => {
  if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string')
    throw refuse(
      'Template error: Fn::If requires a list argument with three parameters, the first the name of a condition.',
    )
  const condition = scope.condition(argument[0])
  if (condition === undefined)
    throw refuse(`Template format error: Unresolved condition dependency ${argument[0]} in Fn::If.`)
  return value(argument[condition ? 1 : 2])
}

const condition: TemplateFunction = (name, { scope, refuse }) => {
  const found = typeof name === 'string' ? scope.condition(name) : undefined
  if (found === undefined)
    throw refuse(`Template format error: Unresolved condition dependency ${String(name)} in the template.`)
  return found
}

const equals: TemplateFunction = (argument, use) => {
  const sides = Array.isArray(argument) ? argument.map((one) => comparable(use.value(one))) : []
  if (sides.length !== 2 || sides.includes(undefined))
    throw use.refuse('Template error: every Fn::Equals object requires a list of 2 string parameters.')
  return sides[0] === sides[1]
}

const comparable = (value: unknown): string | undefined =>
  Array.isArray(value) || isDict(value) ? JSON.stringify(value) : textOf(value)

const truthsOf = (argument: unknown, use: Use): boolean[] | undefined => {
  if (!Array.isArray(argument)) return undefined
  const truths = argument.map((one) => {
    const truth = use.value(one)
    return truth === 'true' ? true : truth === 'false' ? false : truth
  })
  return truths.every((one) => typeof one === 'boolean') ? truths : undefined
}

const several =
  (name: string, decide: (truths: boolean[]) => boolean): TemplateFunction =>
  (argument, use) => {
    const truths = truthsOf(argument, use)
    if (!truths || truths.length < 2 || truths.length > 10)
      throw use.refuse(
        `Template error: every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
      )
    return decide(truths)
  }

const not: TemplateFunction = (argument, use) => {
  const truths = truthsOf(argument, use)
  if (truths?.length !== 1) throw use.refuse('Template error: every Fn::Not object requires one boolean parameter.')
  return !truths[0]
}

const findInMap: TemplateFunction = (argument, { scope, value, refuse }) => {
  const [map, top, second, fallback, ...rest] = Array.isArray(argument) ? argument : []
  const keys = [map, top, second].map((one) => textOf(value(one)))
  if (keys.includes(undefined) || rest.length)
    throw refuse(
      'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value.',
    )
  if (fallback !== undefined && !(scope.extensions && isDict(fallback) && 'DefaultValue' in fallback))
    throw refuse('Template error: a DefaultValue in Fn::FindInMap needs the transform AWS::LanguageExtensions.')
  const found = keys.reduce<unknown>(
    (at, key) => (isDict(at) && Object.hasOwn(at, key as string) ? at[key as string] : undefined),
    scope.mappings,
  )
  if (found !== undefined) return found
  if (isDict(fallback)) return value(fallback.DefaultValue)
  throw refuse(`Template error: Unable to get mapping for ${keys.join('::')}.`)
}

const importValue: TemplateFunction = (argument, { scope, value, refuse }) => {
  const name = textOf(value(argument))
  if (name === undefined) throw refuse('Template error: the attribute in Fn::ImportValue must be a string.')
  const found = scope.imported(name)
  if (found === undefined) throw refuse(`No export named ${name} found.`)
  return found
}

const base64: TemplateFunction = (argument, { value, refuse }) => {
  const text = textOf(value(argument))
  if (text === undefined) throw refuse('Template error: every Fn::Base64 object must have a String-typed value.')
  return Buffer.from(text).toString('base64')
}

const isWhole = (text: string | undefined): boolean => text !== undefined && /^\d{1,3}$/.test(text)

const cidr: TemplateFunction = (argument, use) => {
  const list = (listOf(argument, use) ?? []).map(textOf)
  const [block, count, bits] = list
  if (!block || !isWhole(count) || (list.length > 2 && !isWhole(bits)) || list.length > 3)
    throw use.refuse('Template error: every Fn::Cidr object requires an ipBlock, a count and, optionally, cidrBits.')
  const blocks = cidrBlocks(block, Number(count), bits === undefined ? undefined : Number(bits))
  if (!blocks)
    throw use.refuse(`Template error: Fn::Cidr cannot make ${count} blocks of ${bits ?? 8} bits in ${block}.`)
  return blocks
}

/** Three zones, as most regions have. */
const getAZs: TemplateFunction = (argument, { scope, value, refuse }) => {
  const region = textOf(value(argument ?? ''))
  if (region === undefined) throw refuse('Template error: Fn::GetAZs requires the name of a region.')
  return ['a', 'b', 'c'].map((zone) => `${region || scope.values['AWS::Region']}${zone}`)
}

const extension =
  (name: string, implementation: TemplateFunction): TemplateFunction =>
  (argument, use) => {
    if (!use.scope.extensions) throw use.refuse(`Template error: ${name} needs the transform AWS::LanguageExtensions.`)
    return implementation(argument, use)
  }

const length: TemplateFunction = (argument, use) => {
  const list = listOf(argument, use)
  if (!list) throw use.refuse('Template error: Fn::Length requires a list, or a function that returns one.')
  return list.length
}

const toJsonString: TemplateFunction = (argument, { value, refuse }) => {
  const whole = value(argument)
  if (!isDict(whole) && !Array.isArray(whole))
    throw refuse('Template error: Fn::ToJsonString requires an object or a list.')
  return JSON.stringify(whole)
}

const transform: TemplateFunction = (_, { refuse }) => {
  throw refuse('Fn::Transform runs a macro, and macros are not part of the local cloud.')
}

/** The functions that look at no resource (user guide, "Intrinsic function reference"). */
export const functions: Record<string, TemplateFunction | undefined> = {
  Condition: condition,
  'Fn::Join': join,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::If': choose,
  'Fn::Equals': equals,
  'Fn::And': several('Fn::And', (truths) => truths.every(Boolean)),
  'Fn::Or': several('Fn::Or', (truths) => truths.some(Boolean)),
  'Fn::Not': not,
  'Fn::FindInMap': findInMap,
  'Fn::ImportValue': importValue,
  'Fn::Base64': base64,
  'Fn::Cidr': cidr,
  'Fn::GetAZs': getAZs,
  'Fn::Length': extension('Fn::Length', length),
  'Fn::ToJsonString': extension('Fn::ToJsonString', toJsonString),
  'Fn::Transform': transform,
}
