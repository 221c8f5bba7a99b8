import type { ApiKey } from '@aws-sdk/client-api-gateway'
import { conflict, given, invalid, missing } from './errors.ts'
import { type Asking, checkedTags, type Operations, on, pageOf } from './names.ts'
import { type Patches, patched, text, truth } from './patch.ts'
import type { KeyRecord } from './usageStore.ts'

const MIXED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** @throws ServiceError `NotFoundException` */
export const theKey = (id: string, call: Asking): KeyRecord => {
  const key = call.store.key(call, id)
  if (!key) throw missing('Invalid API Key identifier specified')
  return key
}

/** A key as answers show it; its value only where it is asked for. */
const shown = ({ account: _, region: __, value, ...key }: KeyRecord, withValue: boolean | undefined): ApiKey =>
  withValue ? { ...key, value } : key

const stageKeyOf = (value: string): string => {
  if (!/^[^/]+\/[^/]+$/.test(value)) throw invalid(`Invalid stage key: ${value}`)
  return value
}

const patches: Patches<KeyRecord> = {
  '/name': text('name'),
  '/description': text('description'),
  '/enabled': truth('enabled'),
  '/customerId': text('customerId'),
  '/stages': {
    ops: ['add', 'remove'],
    run(key, _, value, op) {
      const rest = (key.stageKeys ?? []).filter((stage) => stage !== value)
      key.stageKeys = op === 'add' ? [...rest, stageKeyOf(value)] : rest
    },
  },
}

const seconds = ({ ground }: Asking) => new Date(Math.floor(ground.clock.now() / 1000) * 1000)

export const apiKeys = {
  CreateApiKey: {
    action: on('POST', '/apikeys'),
    run(input, call) {
      const {
        value = call.ground.ids.text(40, MIXED),
        generateDistinctId: _,
        stageKeys = [],
        enabled = false,
        ...rest
      } = input
      if (value.length < 20) throw invalid('API Key value should be at least 20 characters')
      if (value.length > 128) throw invalid('API Key value should be at most 128 characters')
      if (call.store.keys(call).some((key) => key.value === value)) throw conflict('API Key already exists')
      for (const { restApiId = '', stageName = '' } of stageKeys)
        if (!call.store.stage(restApiId, stageName))
          throw invalid(`Invalid stage identifier specified: ${restApiId}/${stageName}`)
      const now = seconds(call)
      const key: KeyRecord = given({
        account: call.account,
        region: call.region,
        id: call.ground.ids.text(10),
        value,
        ...rest,
        tags: checkedTags(rest.tags),
        enabled,
        createdDate: now,
        lastUpdatedDate: now,
        stageKeys: stageKeys.map(({ restApiId, stageName }) => `${restApiId}/${stageName}`),
      })
      call.store.saveKey(key)
      return shown(key, true)
    },
  },
  GetApiKey: {
    action: on('GET', '/apikeys/{apiKey}'),
    run: ({ apiKey, includeValue }, call) => shown(theKey(apiKey, call), includeValue),
  },
  GetApiKeys: {
    action: on('GET', '/apikeys'),
    run(input, call) {
      const { nameQuery, customerId, includeValues } = input
      const all = call.store
        .keys(call)
        .filter((key) => nameQuery === undefined || key.name?.startsWith(nameQuery))
        .filter((key) => customerId === undefined || key.customerId === customerId)
      const { items, position } = pageOf(all, input)
      return { items: items.map((key) => shown(key, includeValues)), position }
    },
  },
  UpdateApiKey: {
    action: on('PATCH', '/apikeys/{apiKey}'),
    run({ apiKey, patchOperations }, call) {
      const key = { ...patched(theKey(apiKey, call), patches, patchOperations), lastUpdatedDate: seconds(call) }
      call.store.saveKey(key)
      return shown(key, false)
    },
  },
  DeleteApiKey: {
    action: on('DELETE', '/apikeys/{apiKey}'),
    run({ apiKey }, call) {
      call.store.removeKey(theKey(apiKey, call))
      return {}
    },
  },
} satisfies Operations
