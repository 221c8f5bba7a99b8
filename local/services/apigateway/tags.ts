import { theKey } from './apiKeys.ts'
import { invalid, missing } from './errors.ts'
import { theApi, theStage } from './lookup.ts'
import { type Asking, arnOf, type Operations, withoutTags, withTags } from './names.ts'
import { thePlan } from './usagePlans.ts'

interface Tagged {
  tags: Record<string, string>
  save(tags: Record<string, string> | undefined): void
}

/** What an ARN names, `arn:aws:apigateway:us-east-1::/restapis/a1b2c3`. @throws ServiceError */
export const taggedBy = (arn: string, call: Asking): Tagged => {
  const [, region, path = ''] = /^arn:[\w-]+:apigateway:([\w-]+)::(\/.+)$/.exec(arn) ?? []
  if (region === undefined) throw invalid(`Invalid ARN specified: ${arn.slice(0, 200)}`)
  const place = { ...call, region }
  const [, kind, id = '', , stageName] = path.split('/')
  if (kind === 'restapis' && stageName !== undefined) {
    const stage = theStage(id, stageName, place)
    return { tags: stage.tags ?? {}, save: (tags) => call.store.saveStage(id, { ...stage, tags }) }
  }
  if (kind === 'restapis') {
    const api = theApi(id, place)
    return {
      tags: api.restApi.tags ?? {},
      save: (tags) => call.store.saveApi({ ...api, restApi: { ...api.restApi, tags } }),
    }
  }
  if (kind === 'apikeys') {
    const key = theKey(id, place)
    return { tags: key.tags ?? {}, save: (tags) => call.store.saveKey({ ...key, tags }) }
  }
  if (kind === 'usageplans') {
    const plan = thePlan(id, place)
    return { tags: plan.tags ?? {}, save: (tags) => call.store.savePlan({ ...plan, tags }) }
  }
  throw missing('Invalid resource identifier specified')
}

const asked = (
  verb: string,
  { resourceArn }: { resourceArn: string },
  { region }: Asking,
  keys: Record<string, string | string[]> = {},
) => [`apigateway:${verb}`, arnOf(region, `/tags/${encodeURIComponent(resourceArn)}`), keys] as const

export const tags = {
  TagResource: {
    action: (input, call) =>
      asked('PUT', input, call, {
        'aws:TagKeys': Object.keys(input.tags),
        ...Object.fromEntries(Object.entries(input.tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
      }),
    run({ resourceArn, tags }, call) {
      const { tags: old, save } = taggedBy(resourceArn, call)
      save(withTags(old, tags))
      return {}
    },
  },
  UntagResource: {
    action: (input, call) => asked('DELETE', input, call, { 'aws:TagKeys': input.tagKeys }),
    run({ resourceArn, tagKeys }, call) {
      const { tags: old, save } = taggedBy(resourceArn, call)
      const left = withoutTags(old, tagKeys)
      save(Object.keys(left).length ? left : undefined)
      return {}
    },
  },
  GetTags: {
    action: (input, call) => asked('GET', input, call),
    run: ({ resourceArn }, call) => ({ tags: taggedBy(resourceArn, call).tags }),
  },
} satisfies Operations
