import type * as SESv2 from '@aws-sdk/client-sesv2'
import { ServiceError } from '../../base/errors.ts'
import type { Access, ConditionKeys } from '../../iam/types.ts'
import type { Call, Input, Operation, Output } from '../service.ts'
import { isSystemTag, ownTags, systemTags, type Tags } from '../systemTags.ts'
import { identityArn } from './names.ts'
import type { Scope, SesStore } from './store.ts'

type Sdk = typeof SESv2
type One<Name extends string> = Operation<Input<Sdk, Name>, Output<Sdk, Name>, SesStore>
type GivenTag = { Key: string | undefined; Value: string | undefined }

const MOST = 50
const badRequest = (message: string) => new ServiceError('BadRequestException', message, { status: 400 })

export const templateArn = (name: string, { account, region }: Scope): string =>
  `arn:aws:ses:${region}:${account}:template/${name}`

/** @throws ServiceError `BadRequestException` for a key that no caller can set or remove */
const checkKeys = (keys: readonly string[]): void => {
  for (const key of keys) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key))
      throw badRequest(`The tag key "${key.slice(0, 128)}" is not valid.`)
    if (isSystemTag(key))
      throw badRequest('The aws: prefix is reserved for use by AWS. Tag keys must not begin with it.')
  }
}

/** Tags of a request as a map. @throws ServiceError `BadRequestException` for tags that are other or more than SES takes */
export const tagsOf = (list: readonly GivenTag[] = []): Tags => {
  const tags = Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value]))
  checkKeys(Object.keys(tags))
  for (const [key, value] of Object.entries(tags))
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value))
      throw badRequest(`The value of the tag "${key}" is not valid.`)
  if (Object.keys(tags).length < list.length) throw badRequest('The tag keys of a request must differ.')
  if (list.length > MOST) throw badRequest(`A resource can have no more than ${MOST} tags.`)
  return tags
}

export const listed = (tags: Tags = {}) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

/** The condition keys of a request that carries tags. */
export const requestKeys = (list: readonly GivenTag[] = []): ConditionKeys => ({
  'aws:TagKeys': list.map(({ Key = '' }) => Key),
  ...Object.fromEntries(list.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value])),
})

interface Tagged {
  tags: Tags
  save(tags: Tags): void
}

/** The identity or the template of an ARN, if it is there. */
const found = (arn: string, scope: Scope & { store: SesStore }): Tagged | undefined => {
  const { store } = scope
  const name = arn.slice(arn.indexOf('/') + 1)
  const identity = arn === identityArn(name, scope) ? store.identity(scope, name) : undefined
  if (identity) return { tags: identity.tags ?? {}, save: (tags) => store.saveIdentity(scope, { ...identity, tags }) }
  const template = arn === templateArn(name, scope) ? store.template(scope, name) : undefined
  return template && { tags: template.tags ?? {}, save: (tags) => store.saveTemplate(scope, { ...template, tags }) }
}

/** @throws ServiceError `NotFoundException`, `BadRequestException` */
const theTagged = (arn: string, call: Call<SesStore>): Tagged => {
  if (!arn.startsWith('arn:')) throw badRequest(`Invalid resource ARN: ${arn.slice(0, 300)}`)
  const one = found(arn, call)
  if (!one)
    throw new ServiceError('NotFoundException', `Resource ${arn.slice(0, 300)} does not exist.`, { status: 404 })
  return one
}

/** Hangs CloudFormation's own tags on an identity or a template. */
export const systemTagged = (arn: string, added: Tags, call: Call<SesStore>): void => {
  const one = found(arn, call)
  one?.save({ ...one.tags, ...added })
}

const asked = (action: string, arn: string, call: Call<SesStore>, keys: ConditionKeys = {}): Access => [
  `ses:${action}`,
  arn,
  {
    ...keys,
    ...Object.fromEntries(
      Object.entries(found(arn, call)?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
    ),
  },
]

export const TagResource: One<'TagResource'> = {
  action: ({ ResourceArn, Tags }, call) => asked('TagResource', ResourceArn, call, requestKeys(Tags)),
  run({ ResourceArn, Tags }, call) {
    const { tags, save } = theTagged(ResourceArn, call)
    const own = tagsOf(listed({ ...ownTags(tags), ...tagsOf(Tags) }))
    save({ ...systemTags(tags), ...own })
    return {}
  },
}

export const UntagResource: One<'UntagResource'> = {
  action: ({ ResourceArn, TagKeys }, call) => asked('UntagResource', ResourceArn, call, { 'aws:TagKeys': TagKeys }),
  run({ ResourceArn, TagKeys }, call) {
    const { tags, save } = theTagged(ResourceArn, call)
    checkKeys(TagKeys)
    save(Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))))
    return {}
  },
}

export const ListTagsForResource: One<'ListTagsForResource'> = {
  action: ({ ResourceArn }, call) => asked('ListTagsForResource', ResourceArn, call),
  run: ({ ResourceArn }, call) => ({ Tags: listed(theTagged(ResourceArn, call).tags) }),
}
