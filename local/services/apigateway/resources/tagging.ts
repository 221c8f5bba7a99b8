import type { Resource } from '../../service.ts'
import type { Tags } from '../../systemTags.ts'
import { arnOf } from '../names.ts'
import { taggedBy } from '../tags.ts'
import { type Called, client, tagsOf } from './values.ts'

/** Brings the tags of what a path names, `/apikeys/a1b2c3`, to those of the template. */
export const retagged = async (path: string, now: Resource, before: Resource, call: Called): Promise<void> => {
  const resourceArn = arnOf(call.region, path)
  const tags = tagsOf(now) ?? {}
  const tagKeys = Object.keys(tagsOf(before) ?? {}).filter((key) => !(key in tags))
  if (tagKeys.length) await client(call).UntagResource({ resourceArn, tagKeys })
  if (Object.keys(tags).length) await client(call).TagResource({ resourceArn, tags })
}

/** Hangs CloudFormation's own tags on what a path names. */
export const systemTagged = (path: string, tags: Tags, call: Called): void => {
  const { tags: old, save } = taggedBy(arnOf(call.region, path), call)
  save({ ...old, ...tags })
}
