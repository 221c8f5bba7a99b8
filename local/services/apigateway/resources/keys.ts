import type { ApiStage, PatchOperation, QuotaSettings, ThrottleSettings } from '@aws-sdk/client-api-gateway'
import { unlessGone } from '../../gone.ts'
import type { Resource, ResourceType } from '../../service.ts'
import type { ApiGatewayStore } from '../store.ts'
import { retagged, systemTagged } from './tagging.ts'
import {
  type Called,
  client,
  escaped,
  manyOf,
  numberOf,
  propertiesOf,
  replaced,
  replacedOr,
  tagsOf,
  textOf,
  truthOf,
} from './values.ts'

type Type = ResourceType<ApiGatewayStore>

const stageKeys = ({ properties }: Resource): string[] =>
  manyOf(properties.StageKeys).map(({ RestApiId, StageName }) => `${RestApiId}/${StageName}`)

/** `AWS::ApiGateway::ApiKey`: Ref gives its id. */
export const apiKeyResource: Type = {
  properties: ['CustomerId', 'Description', 'Enabled', 'GenerateDistinctId', 'Name', 'StageKeys', 'Tags', 'Value'],
  replacedBy: ['GenerateDistinctId', 'Name', 'Value'],
  async create(resource, call) {
    const { properties, physicalId } = resource
    const { id = '' } = await client(call).CreateApiKey({
      name: textOf(properties.Name) ?? physicalId,
      description: textOf(properties.Description),
      enabled: truthOf(properties.Enabled),
      generateDistinctId: truthOf(properties.GenerateDistinctId),
      value: textOf(properties.Value),
      customerId: textOf(properties.CustomerId),
      stageKeys: manyOf(properties.StageKeys).map(({ RestApiId, StageName }) => ({
        restApiId: textOf(RestApiId),
        stageName: textOf(StageName),
      })),
      tags: tagsOf(resource),
    })
    return { physicalId: id, attributes: { APIKeyId: id } }
  },
  async update(resource, before, call) {
    const { properties } = resource
    const { physicalId: apiKey, properties: old } = before
    const [had, has] = [stageKeys(before), stageKeys(resource)]
    const change = (op: 'add' | 'remove', list: string[]) =>
      list.map((value): PatchOperation => ({ op, path: '/stages', value }))
    await client(call).UpdateApiKey({
      apiKey,
      patchOperations: [
        ...replacedOr('/description', old.Description, properties.Description, ''),
        ...replacedOr('/enabled', old.Enabled, properties.Enabled, 'false'),
        ...replacedOr('/customerId', old.CustomerId, properties.CustomerId, ''),
        ...change(
          'remove',
          had.filter((one) => !has.includes(one)),
        ),
        ...change(
          'add',
          has.filter((one) => !had.includes(one)),
        ),
      ],
    })
    await retagged(`/apikeys/${apiKey}`, resource, before, call)
    return { physicalId: apiKey, attributes: { APIKeyId: apiKey } }
  },
  delete: ({ physicalId: apiKey }, call) => unlessGone(() => client(call).DeleteApiKey({ apiKey })),
  systemTags: ({ physicalId }, tags, call) => systemTagged(`/apikeys/${physicalId}`, tags, call),
}

const throttleOf = (value: unknown): ThrottleSettings | undefined => {
  if (value === undefined) return undefined
  const { BurstLimit, RateLimit } = propertiesOf(value)
  return { burstLimit: numberOf(BurstLimit), rateLimit: numberOf(RateLimit) }
}
const quotaOf = (value: unknown): QuotaSettings | undefined => {
  if (value === undefined) return undefined
  const { Limit, Offset, Period } = propertiesOf(value)
  return { limit: numberOf(Limit), offset: numberOf(Offset) ?? 0, period: textOf(Period) as 'DAY' }
}
const stagesOf = ({ properties }: Resource): (ApiStage & { name: string })[] =>
  manyOf(properties.ApiStages).map(({ ApiId, Stage, Throttle }) => ({
    name: `${ApiId}:${Stage}`,
    apiId: textOf(ApiId),
    stage: textOf(Stage),
    ...(Throttle === undefined
      ? {}
      : {
          throttle: Object.fromEntries(
            Object.entries(propertiesOf(Throttle)).map(([method, limits]) => [method, throttleOf(limits) ?? {}]),
          ),
        }),
  }))

const throttles = (stages: ReturnType<typeof stagesOf>): PatchOperation[] =>
  stages.flatMap(({ name, throttle = {} }) =>
    Object.entries(throttle).flatMap(([method, limits]) => {
      const at = method.lastIndexOf('/')
      const path = `/apiStages/${escaped(name)}/throttle/${escaped(method.slice(0, at))}/${method.slice(at + 1)}`
      return [
        ...replaced(`${path}/rateLimit`, undefined, limits.rateLimit),
        ...replaced(`${path}/burstLimit`, undefined, limits.burstLimit),
      ]
    }),
  )

const limits = (before: Resource, now: Resource): PatchOperation[] => {
  const [oldThrottle, throttle] = [before, now].map(({ properties }) => throttleOf(properties.Throttle))
  const [oldQuota, quota] = [before, now].map(({ properties }) => quotaOf(properties.Quota))
  const gone = (path: string, old: unknown, value: unknown): PatchOperation[] =>
    old !== undefined && value === undefined ? [{ op: 'remove', path }] : []
  return [
    ...gone('/throttle', oldThrottle, throttle),
    ...(throttle
      ? [
          ...replacedOr('/throttle/rateLimit', oldThrottle?.rateLimit, throttle.rateLimit, '0'),
          ...replacedOr('/throttle/burstLimit', oldThrottle?.burstLimit, throttle.burstLimit, '0'),
        ]
      : []),
    ...gone('/quota', oldQuota, quota),
    ...(quota
      ? [
          ...replaced('/quota/limit', oldQuota?.limit, quota.limit),
          ...replaced('/quota/offset', oldQuota?.offset, quota.offset),
          ...replaced('/quota/period', oldQuota?.period, quota.period),
        ]
      : []),
  ]
}

/** `AWS::ApiGateway::UsagePlan`: Ref gives its id. */
export const usagePlanResource: Type = {
  properties: ['ApiStages', 'Description', 'Quota', 'Tags', 'Throttle', 'UsagePlanName'],
  async create(resource, call) {
    const { properties, physicalId } = resource
    const { id = '' } = await client(call).CreateUsagePlan({
      name: textOf(properties.UsagePlanName) ?? physicalId,
      description: textOf(properties.Description),
      apiStages: stagesOf(resource).map(({ name: _, ...stage }) => stage),
      throttle: throttleOf(properties.Throttle),
      quota: quotaOf(properties.Quota),
      tags: tagsOf(resource),
    })
    return { physicalId: id, attributes: { Id: id } }
  },
  async update(resource, before, call) {
    const { physicalId: usagePlanId, properties: old } = before
    const { properties } = resource
    const [had, has] = [stagesOf(before), stagesOf(resource)]
    const same = (one: ApiStage, list: ApiStage[]) =>
      list.some((other) => JSON.stringify(other) === JSON.stringify(one))
    const gone = had.filter((one) => !same(one, has))
    const added = has.filter((one) => !same(one, had))
    await client(call).UpdateUsagePlan({
      usagePlanId,
      patchOperations: [
        ...(properties.UsagePlanName === undefined
          ? []
          : replaced('/name', old.UsagePlanName, properties.UsagePlanName)),
        ...replacedOr('/description', old.Description, properties.Description, ''),
        ...gone.map(({ name }): PatchOperation => ({ op: 'remove', path: '/apiStages', value: name })),
        ...added.map(({ name }): PatchOperation => ({ op: 'add', path: '/apiStages', value: name })),
        ...throttles(added),
        ...limits(before, resource),
      ],
    })
    await retagged(`/usageplans/${usagePlanId}`, resource, before, call)
    return { physicalId: usagePlanId, attributes: { Id: usagePlanId } }
  },
  delete: ({ physicalId: usagePlanId }, call) =>
    unlessGone(async () => {
      const { apiStages = [] } = await client(call).GetUsagePlan({ usagePlanId })
      const patchOperations = apiStages.map(
        ({ apiId, stage }): PatchOperation => ({ op: 'remove', path: '/apiStages', value: `${apiId}:${stage}` }),
      )
      if (patchOperations.length) await client(call).UpdateUsagePlan({ usagePlanId, patchOperations })
      await client(call).DeleteUsagePlan({ usagePlanId })
    }),
  systemTags: ({ physicalId }, tags, call) => systemTagged(`/usageplans/${physicalId}`, tags, call),
}

/** `AWS::ApiGateway::UsagePlanKey`: Ref gives `<key>:<plan>`. */
export const usagePlanKeyResource: Type = {
  properties: ['KeyId', 'KeyType', 'UsagePlanId'],
  replacedBy: ['KeyId', 'KeyType', 'UsagePlanId'],
  async create({ properties }, call) {
    const keyId = String(properties.KeyId)
    const usagePlanId = String(properties.UsagePlanId)
    await client(call).CreateUsagePlanKey({ usagePlanId, keyId, keyType: String(properties.KeyType) })
    const id = `${keyId}:${usagePlanId}`
    return { physicalId: id, attributes: { Id: id } }
  },
  update: async (_, { physicalId }) => ({ physicalId, attributes: { Id: physicalId } }),
  delete: ({ properties }, call) =>
    unlessGone(() =>
      client(call).DeleteUsagePlanKey({ usagePlanId: String(properties.UsagePlanId), keyId: String(properties.KeyId) }),
    ),
}

const setRole = (value: unknown, call: Called) =>
  client(call).UpdateAccount({
    patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: textOf(value) ?? '' }],
  })

/** `AWS::ApiGateway::Account`: the settings of the region; deleted, they stay, as on AWS. */
export const accountResource: Type = {
  properties: ['CloudWatchRoleArn'],
  async create({ properties, physicalId }, call) {
    await setRole(properties.CloudWatchRoleArn, call)
    return { physicalId, attributes: { Id: physicalId } }
  },
  async update({ properties }, { physicalId }, call) {
    await setRole(properties.CloudWatchRoleArn, call)
    return { physicalId, attributes: { Id: physicalId } }
  },
  delete: async () => {},
}
