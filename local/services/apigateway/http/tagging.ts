import type { Resource, ResourceCall } from '../../service.ts'
import type { Tags } from '../../systemTags.ts'
import { arnOf } from '../names.ts'
import { textsOf } from '../resources/values.ts'
import { changedHttpApi } from './names.ts'
import { tagsOf } from './stages.ts'
import type { HttpApiStore } from './store.ts'

type Called = ResourceCall<HttpApiStore>

/** Brings the tags of an API, `/apis/a1b2c3`, or of a stage of it to those of the template. */
export const retagged = async (path: string, now: Resource, before: Resource | undefined, call: Called) => {
  const client = call.cloud('apigatewayv2')
  const ResourceArn = arnOf(call.region, path)
  const Tags = textsOf(now.properties.Tags) ?? {}
  const TagKeys = Object.keys(textsOf(before?.properties.Tags) ?? {}).filter((key) => !(key in Tags))
  if (TagKeys.length) await client.UntagResource({ ResourceArn, TagKeys })
  if (Object.keys(Tags).length) await client.TagResource({ ResourceArn, Tags })
}

/** Hangs CloudFormation's own tags on an API, or on a stage of it. */
export const systemTagged = (apiId: string, stageName: string | undefined, tags: Tags, call: Called): void =>
  changedHttpApi(apiId, call, (api) => {
    const one = tagsOf(api, stageName)
    one.Tags = { ...one.Tags, ...tags }
  })
