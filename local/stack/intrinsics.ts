import { functions } from './functions.ts'
import { NO_VALUE, type Scope, type TemplateFunction, textOf, type Use } from './scope.ts'
import { type Dict, isDict } from './source.ts'

/** Resolves every function in a value. @throws Mistake in CloudFormation's own words, with the line. */
export const resolve = (value: unknown, scope: Scope): unknown => {
  if (Array.isArray(value)) {
    const list = value.map((one) => resolve(one, scope)).filter((one) => one !== NO_VALUE)
    return scope.source.carry(value, list)
  }
  if (!isDict(value)) return value
  const call = callOf(value, scope)
  if (call) return run(call.name, call.argument, value, scope)
  const members = Object.entries(value).map(([name, one]) => [name, resolve(one, scope)] as const)
  return scope.source.carry(value, Object.fromEntries(members.filter(([, one]) => one !== NO_VALUE)))
}

/** The function that a map stands for, if it does. @throws Mistake when other members stand beside it. */
export const callOf = (
  value: Dict,
  { source, inConditions }: Pick<Scope, 'source' | 'inConditions'>,
): { name: string; argument: unknown } | undefined => {
  const names = Object.keys(value)
  const name = names.find((one) => one.startsWith('Fn::')) ?? (names.length === 1 ? names[0] : undefined)
  if (name === undefined) return undefined
  if (!name.startsWith('Fn::') && name !== 'Ref' && !(name === 'Condition' && inConditions)) return undefined
  if (names.length > 1)
    throw source.mistake(`Template format error: nothing may stand beside ${name} in its map.`, [value, name])
  return { name, argument: value[name] }
}

const run = (name: string, argument: unknown, node: Dict, scope: Scope): unknown => {
  const refuse = (message: string) => scope.source.mistake(message, [node, name], argument)
  const implementation = references[name] ?? functions[name]
  if (!implementation) throw refuse(`the function ${name} is not part of the local cloud.`)
  return implementation(argument, { scope, refuse, value: (one) => resolve(one, scope) })
}

const unresolved = (name: string, { inConditions }: Scope): string =>
  inConditions
    ? `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template.`
    : `Template format error: Unresolved resource dependencies [${name}] in the template.`

const ref: TemplateFunction = (name, { scope, refuse }) => {
  if (typeof name !== 'string') throw refuse('Template error: every Ref object must have a single String value.')
  if (name === 'AWS::NoValue') return NO_VALUE
  if (Object.hasOwn(scope.values, name)) return scope.values[name]
  const resource = scope.resource(name)
  if (!resource) throw refuse(unresolved(name, scope))
  return resource.ref
}

const getAtt: TemplateFunction = (argument, use) => {
  const [logicalId, member, ...rest] = attributePath(argument) ?? []
  const attribute = textOf(use.value(member))
  if (typeof logicalId !== 'string' || !logicalId || !attribute || rest.length)
    throw use.refuse(
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute.',
    )
  return attributeOf(logicalId, attribute, use)
}

/** `[logical ID, attribute]` of a Fn::GetAtt; logical IDs hold no dots, attributes may. */
export const attributePath = (argument: unknown): unknown[] | undefined => {
  if (typeof argument !== 'string') return Array.isArray(argument) ? argument : undefined
  const dot = argument.indexOf('.')
  return dot < 0 ? [argument] : [argument.slice(0, dot), argument.slice(dot + 1)]
}

const attributeOf = (logicalId: string, attribute: string, { scope, refuse }: Use): unknown => {
  const resource = scope.resource(logicalId)
  if (!resource) throw refuse(unresolved(logicalId, scope))
  // Attributes of nested form stand under their whole name, or as maps.
  const nested = () =>
    attribute
      .split('.')
      .reduce<unknown>(
        (at, name) => (isDict(at) && Object.hasOwn(at, name) ? at[name] : undefined),
        resource.attributes,
      )
  const value = Object.hasOwn(resource.attributes, attribute) ? resource.attributes[attribute] : nested()
  if (value === undefined)
    throw refuse(`Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt.`)
  return value
}

/** `${Name}`, `${Name.Attribute}`, and `${!Literal}`, which stays as `${Literal}`. */
const VARIABLE = /\$\{([^}]*)\}/g

/** The variables of a text of Fn::Sub, in their order. */
export const variablesOf = (text: string): string[] =>
  [...text.matchAll(VARIABLE)].map(([, name = '']) => name.trim()).filter((name) => !name.startsWith('!'))

const sub: TemplateFunction = (argument, use) => {
  const [text, given = {}, ...rest] = Array.isArray(argument) ? argument : [argument]
  if (typeof text !== 'string' || !isDict(given) || rest.length)
    throw use.refuse(
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string.",
    )
  return text.replace(VARIABLE, (_, raw: string) => {
    const name = raw.trim()
    if (name.startsWith('!')) return `\${${name.slice(1)}}`
    if (!/^[A-Za-z0-9_.:]+$/.test(name))
      throw use.refuse(
        'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons.',
      )
    const put = textOf(Object.hasOwn(given, name) ? use.value(given[name]) : variable(name, use))
    if (put === undefined)
      throw use.refuse(`Template error: Fn::Sub expression does not resolve to a string: \${${name}}.`)
    return put
  })
}

const variable = (name: string, use: Use): unknown => {
  const [logicalId, attribute] = name.includes('::') ? [name] : (attributePath(name) as string[])
  return attribute === undefined ? ref(name, use) : attributeOf(logicalId as string, attribute, use)
}

/** The functions that look at resources. */
const references: Record<string, TemplateFunction | undefined> = { Ref: ref, 'Fn::GetAtt': getAtt, 'Fn::Sub': sub }
