import { Mistake } from '../../base/errors.ts'
import type { S3Input } from './call.ts'

/** Properties of AWS::S3::Bucket as the inputs of S3's operations: those of its web side, and the steps of all. */

export const BUCKET = 'AWS::S3::Bucket'

/** The members of a property, each of them known. @throws Mistake */
export const members = (value: unknown, path: string, known: readonly string[]): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Mistake(`${path} of ${BUCKET} must be an object.`)
  for (const name of Object.keys(value))
    if (!known.includes(name)) throw new Mistake(`The local cloud does not have ${path}.${name} of ${BUCKET}.`)
  return value as Record<string, unknown>
}

export const items = (value: unknown, path: string): unknown[] => {
  if (Array.isArray(value)) return value
  throw new Mistake(`${path} of ${BUCKET} must be a list.`)
}

/** What is given, under other names: CloudFormation's and the API's differ. */
const renamed = (given: Record<string, unknown>, names: Record<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(names)
      .filter(([name]) => given[name] !== undefined)
      .map(([name, other]) => [other, given[name]]),
  )

const CORS_RULE = {
  AllowedHeaders: 'AllowedHeaders',
  AllowedMethods: 'AllowedMethods',
  AllowedOrigins: 'AllowedOrigins',
  ExposedHeaders: 'ExposeHeaders',
  Id: 'ID',
  MaxAge: 'MaxAgeSeconds',
}

export const corsOf = (value: unknown): S3Input<'PutBucketCors'>['CORSConfiguration'] => {
  const path = 'CorsConfiguration.CorsRules'
  const { CorsRules } = members(value, 'CorsConfiguration', ['CorsRules'])
  return {
    CORSRules: items(CorsRules, path).map((one) => {
      const { MaxAgeSeconds, ...rule } = renamed(members(one, path, Object.keys(CORS_RULE)), CORS_RULE)
      return {
        AllowedMethods: [],
        AllowedOrigins: [],
        ...rule,
        ...(MaxAgeSeconds === undefined ? {} : { MaxAgeSeconds: Number(MaxAgeSeconds) }),
      }
    }),
  }
}

export const versioningOf = (value: unknown): S3Input<'PutBucketVersioning'>['VersioningConfiguration'] => {
  const { Status } = members(value, 'VersioningConfiguration', ['Status'])
  return { Status: Status as 'Enabled' }
}

const REDIRECT = ['HostName', 'HttpRedirectCode', 'Protocol', 'ReplaceKeyPrefixWith', 'ReplaceKeyWith']
const CONDITION = ['HttpErrorCodeReturnedEquals', 'KeyPrefixEquals']

/** Numbers of a template, as of a status code, are text to the API. */
const texts = (given: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))

export const websiteOf = (value: unknown): S3Input<'PutBucketWebsite'>['WebsiteConfiguration'] => {
  const path = 'WebsiteConfiguration'
  const { IndexDocument, ErrorDocument, RedirectAllRequestsTo, RoutingRules } = members(value, path, [
    'IndexDocument',
    'ErrorDocument',
    'RedirectAllRequestsTo',
    'RoutingRules',
  ])
  const all =
    RedirectAllRequestsTo === undefined
      ? undefined
      : texts(members(RedirectAllRequestsTo, `${path}.RedirectAllRequestsTo`, ['HostName', 'Protocol']))
  return {
    ...(IndexDocument === undefined ? {} : { IndexDocument: { Suffix: String(IndexDocument) } }),
    ...(ErrorDocument === undefined ? {} : { ErrorDocument: { Key: String(ErrorDocument) } }),
    ...(all === undefined ? {} : { RedirectAllRequestsTo: { HostName: '', ...all } }),
    ...(RoutingRules === undefined
      ? {}
      : {
          RoutingRules: items(RoutingRules, `${path}.RoutingRules`).map((one) => {
            const within = `${path}.RoutingRules`
            const { RedirectRule, RoutingRuleCondition } = members(one, within, [
              'RedirectRule',
              'RoutingRuleCondition',
            ])
            const condition =
              RoutingRuleCondition === undefined
                ? undefined
                : texts(members(RoutingRuleCondition, `${within}.RoutingRuleCondition`, CONDITION))
            return {
              Redirect: texts(members(RedirectRule, `${within}.RedirectRule`, REDIRECT)),
              ...(condition === undefined ? {} : { Condition: condition }),
            }
          }),
        }),
  }
}
