import type { ConditionKeys } from '../../iam/types.ts'
import type { Call } from '../service.ts'
import { functionMissing, invalid, type Operations } from './names.ts'
import type { LambdaFunction, LambdaStore } from './types.ts'

const MOST = 50

/** The condition keys of a request that carries tags. */
export const tagKeys = (tags: Record<string, string> = {}): ConditionKeys => ({
  'aws:TagKeys': Object.keys(tags),
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
})

/** The condition keys of a function: its tags. */
export const functionKeys = (fn: LambdaFunction | undefined): ConditionKeys =>
  Object.fromEntries(Object.entries(fn?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))

/** @throws ServiceError `InvalidParameterValueException` when `tags` are more or other than AWS takes */
export const checkTags = (tags: Readonly<Record<string, string>>): void => {
  for (const [key, value] of Object.entries(tags)) {
    if (!key || key.length > 128) throw invalid('Tag keys must be between 1 and 128 characters in length.')
    if (/^aws:/i.test(key)) throw invalid('aws: prefixed tag key names are not allowed for external use.')
    if (value.length > 256) throw invalid('Tag values must be at most 256 characters in length.')
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value))
      throw invalid('Tag keys or values contain invalid characters.')
  }
  if (Object.keys(tags).length > MOST) throw invalid(`A function can have no more than ${MOST} tags.`)
}

const tagged = (arn: string, { store }: Call<LambdaStore>): LambdaFunction => {
  if (!/^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9-_]+$/.test(arn))
    throw invalid(`The resource ARN ${arn.slice(0, 300)} is not that of a function.`)
  const fn = store.find(arn)
  if (!fn) throw functionMissing(arn)
  return fn
}

export const tags = {
  TagResource: {
    action: ({ Resource, Tags }, { store }) => [
      'lambda:TagResource',
      Resource,
      { ...tagKeys(Tags), ...functionKeys(store.find(Resource)) },
    ],
    run({ Resource, Tags }, call) {
      const fn = tagged(Resource, call)
      const tags = { ...fn.tags, ...Tags }
      checkTags(tags)
      call.store.save({ ...fn, tags })
      return {}
    },
  },
  UntagResource: {
    action: ({ Resource, TagKeys }, { store }) => [
      'lambda:UntagResource',
      Resource,
      { 'aws:TagKeys': TagKeys, ...functionKeys(store.find(Resource)) },
    ],
    run({ Resource, TagKeys }, call) {
      const fn = tagged(Resource, call)
      const tags = Object.fromEntries(Object.entries(fn.tags).filter(([key]) => !TagKeys.includes(key)))
      call.store.save({ ...fn, tags })
      return {}
    },
  },
  ListTags: {
    action: ({ Resource }, { store }) => ['lambda:ListTags', Resource, functionKeys(store.find(Resource))],
    run: ({ Resource }, call) => ({ Tags: { ...tagged(Resource, call).tags } }),
  },
} satisfies Operations
