import { isDeepStrictEqual } from 'node:util'
import { type Dict, isDict } from '../../source.ts'
import type { SamResource } from '../types.ts'
import { ANY, branches, starred } from './definition.ts'

const EXTENSION = 'x-amazon-apigateway-policy'

const policyOf = (body: Dict): Dict => {
  if (!isDict(body[EXTENSION])) body[EXTENSION] = {}
  return body[EXTENSION] as Dict
}
const invoke = (Effect: string, Resource: unknown, Principal: unknown, more: Dict = {}): Dict => ({
  Effect,
  Action: 'execute-api:Invoke',
  Resource,
  Principal,
  ...more,
})

const add = (body: Dict, statements: Dict[], twice: boolean): void => {
  const policy = policyOf(body)
  policy.Version = '2012-10-17'
  const known = policy.Statement === undefined ? [] : [policy.Statement].flat()
  const news = twice ? statements : statements.filter((one) => !known.some((other) => isDeepStrictEqual(one, other)))
  // A single statement about accounts stands alone, as the official translator has it.
  policy.Statement = twice && policy.Statement === undefined && news.length === 1 ? news[0] : [...known, ...news]
}

/** The ARNs of the methods of a path, in the short form that API Gateway writes out. */
const methodsOf = (body: Dict, path: string, stage: unknown): Dict[] =>
  branches((body.paths as Dict)[path])
    .flatMap((item) => Object.keys(item))
    .map((name) => {
      const method = name.toLowerCase() === ANY || name.toLowerCase() === 'any' ? '*' : name.toUpperCase()
      return { 'Fn::Sub': [`execute-api:/\${__Stage__}/${method}${starred(path)}`, { __Stage__: stage }] }
    })

/** Limits who may call the methods of a path, by account, address or network. */
export const addResourcePolicy = (
  body: Dict,
  policy: Dict,
  path: string,
  stage: unknown,
  refuse: SamResource['refuse'],
): void => {
  const list = (name: string): unknown[] | undefined => {
    const value = policy[name]
    return value === undefined || value === null ? undefined : [value].flat()
  }
  const methods = methodsOf(body, path, stage)
  const accounts = (name: string, effect: string) => {
    const given = list(name)
    if (given?.length) add(body, [invoke(effect, methods, { AWS: given })], true)
  }
  accounts('AwsAccountWhitelist', 'Allow')
  accounts('AwsAccountBlacklist', 'Deny')
  const limited = (operator: string, keys: Dict) =>
    add(body, [invoke('Allow', methods, '*'), invoke('Deny', methods, '*', { Condition: { [operator]: keys } })], false)
  const allowed = list('IpRangeWhitelist')
  if (allowed?.length) limited('NotIpAddress', { 'aws:SourceIp': allowed })
  const refused = list('IpRangeBlacklist')
  if (refused?.length) limited('IpAddress', { 'aws:SourceIp': refused })
  for (const [kind, operator] of [
    ['Blacklist', 'StringEquals'],
    ['Whitelist', 'StringNotEquals'],
  ] as const) {
    const sources = list(`SourceVpc${kind}`) ?? []
    if (!sources.every((one) => typeof one === 'string'))
      throw refuse(
        `SourceVpc${kind} must be a list of strings. Use IntrinsicVpc${kind} instead for values that use Intrinsic Functions`,
        policy,
      )
    const networks = [...sources.filter((one) => one.startsWith('vpc-')), ...(list(`IntrinsicVpc${kind}`) ?? [])]
    const endpoints = [...sources.filter((one) => one.startsWith('vpce-')), ...(list(`IntrinsicVpce${kind}`) ?? [])]
    if (networks.length || endpoints.length)
      limited(operator, {
        ...(networks.length ? { 'aws:SourceVpc': networks } : {}),
        ...(endpoints.length ? { 'aws:SourceVpce': endpoints } : {}),
      })
  }
}

/** Statements that the template writes itself. */
export const addCustomStatements = (body: Dict, statements: unknown): void => {
  if (!statements) return
  const policy = policyOf(body)
  if (policy.Statement === undefined) {
    policy.Version = '2012-10-17'
    policy.Statement = statements
  } else add(body, [statements].flat() as Dict[], false)
}
