import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Access } from '../../iam/types.ts'
import type { Call, Context, service } from '../service.ts'
import { isSystemTag, ownTags, systemTags, type Tags } from '../systemTags.ts'
import { invalid } from './errors.ts'
import type { ApiGatewayStore } from './store.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, ApiGatewayStore>>[1]
/** What an operation is called with. */
export type Asking = Context & Pick<Call<ApiGatewayStore>, 'store' | 'ground'>

/** `arn:aws:apigateway:us-east-1::/restapis/a1b2c3`: the API's path is the resource. */
export const arnOf = (region: string, path: string): string => `arn:aws:apigateway:${region}::${path}`

/**
 * What an operation asks to be allowed: its HTTP method on its path, whose `{members}` are those of its input
 * (service authorization reference, "Amazon API Gateway Management").
 */
export const on =
  (verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string) =>
  (input: object, { region }: Context): Access => {
    const named = path.replace(/\{(\w+)\}/g, (_, name) => String((input as Record<string, unknown>)[name]))
    const { tags } = input as { tags?: Record<string, string> }
    const keys = tags && verb !== 'DELETE' ? requestTags(tags) : {}
    return [`apigateway:${verb}`, arnOf(region, named), keys]
  }

const requestTags = (tags: Record<string, string>) => ({
  'aws:TagKeys': Object.keys(tags),
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
})

const LARGEST_PAGE = 500
const PAGE = 25

/** One page of a list. `position` is where the next begins. @throws ServiceError `BadRequestException` for no position */
export const pageOf = <T>(
  all: readonly T[],
  { position, limit = PAGE }: { position?: string; limit?: number },
): { items: T[]; position: string | undefined } => {
  const from = position === undefined ? 0 : Number(/^p(\d+)$/.exec(Buffer.from(position, 'base64url').toString())?.[1])
  if (Number.isNaN(from)) throw invalid('Invalid position parameter')
  const size = limit < 1 ? PAGE : Math.min(limit, LARGEST_PAGE)
  const next = from + size
  return {
    items: all.slice(from, next),
    position: next < all.length ? Buffer.from(`p${next}`).toString('base64url') : undefined,
  }
}

/** Tags that are right. @throws ServiceError `BadRequestException` */
export const checkedTags = (tags: Record<string, string> | undefined): Record<string, string> | undefined => {
  if (!tags) return undefined
  if (Object.keys(tags).length > 50) throw invalid('The number of tags exceeds the limit of 50.')
  for (const [key, value] of Object.entries(tags)) {
    checkTagKeys([key])
    if (value.length > 256) throw invalid(`Invalid tag value for the key ${key}`)
  }
  return tags
}

/** @throws ServiceError `BadRequestException` for a key that no caller can set or remove */
const checkTagKeys = (keys: readonly string[]): void => {
  for (const key of keys)
    if (key.length < 1 || key.length > 128 || isSystemTag(key)) throw invalid(`Invalid tag key: ${key.slice(0, 128)}`)
}

/** The tags that a resource then has. @throws ServiceError `BadRequestException` */
export const withTags = (before: Tags | undefined, added: Tags): Record<string, string> => {
  checkedTags(added)
  return { ...systemTags(before), ...checkedTags({ ...ownTags(before), ...added }) }
}

/** The tags that are left. @throws ServiceError `BadRequestException` */
export const withoutTags = (before: Tags | undefined = {}, keys: readonly string[]): Record<string, string> => {
  checkTagKeys(keys)
  return Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key)))
}
