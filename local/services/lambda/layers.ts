import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LayerVersionsListItem } from '@aws-sdk/client-lambda'
import type { Access } from '../../iam/types.ts'
import { length, oneOf, pattern, range } from '../constraints.ts'
import type { Call, Context } from '../service.ts'
import { type CodeInput, takeCode } from './code.ts'
import { type Layer, type LayerVersion, layerArn } from './layerStore.ts'
import { invalid, type Operations, refusal, valid } from './names.ts'
import type { LambdaStore, StoredCode, UsedLayer } from './types.ts'

type LambdaCall = Call<LambdaStore>

const NAME = /^((arn:aws[a-zA-Z-]*:lambda:[a-zA-Z0-9-]+:\d{12}:layer:)?[a-zA-Z0-9-_]+)$/
const VERSION_ARN = /^(arn:aws[a-zA-Z-]*:lambda:([a-zA-Z0-9-]+):(\d{12}):layer:([a-zA-Z0-9-_]+)):(\d+)$/
const ARCHITECTURES = ['x86_64', 'arm64']
/** Layers of one function (Lambda quotas). */
const MOST_LAYERS = 5
const MOST_LISTED = 50

/** Which layer a request means, by its name or ARN. */
const layerOf = (given: string, { account, region }: Context) => {
  valid(length('layerName', given, 1, 140), pattern('layerName', given, NAME))
  const [, , , theirRegion = region, theirAccount = account] = given.startsWith('arn:') ? given.split(':') : []
  return { account: theirAccount, region: theirRegion, name: given.split(':').at(-1) ?? '' }
}

const versionArn = (arn: string, version: number) => `${arn}:${version}`
const missing = (arn: string) =>
  refusal('ResourceNotFoundException', `The resource you requested does not exist. (${arn})`)

/** Files of a local folder: their bytes and what they come to. */
const sumOf = (folder: string) => {
  const hash = createHash('sha256')
  let size = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())) {
    const bytes = readFileSync(join(entry.parentPath, entry.name))
    hash.update(entry.name).update('\0').update(bytes)
    size += bytes.length
  }
  return { sha256: hash.digest('base64'), size }
}

const contentOf = async (
  input: CodeInput,
  call: LambdaCall,
): Promise<Pick<LayerVersion, 'content' | 'sha256' | 'size'>> => {
  const content: StoredCode = await takeCode(input, call)
  if (content.kind === 'source') throw invalid('The local cloud does not build the content of layers by esbuild.')
  return {
    content,
    ...(content.kind === 'package' ? { sha256: content.sha256, size: content.size } : sumOf(content.folder)),
  }
}

const told = (arn: string, one: LayerVersion): LayerVersionsListItem => ({
  LayerVersionArn: versionArn(arn, one.version),
  Version: one.version,
  Description: one.description,
  CreatedDate: new Date(one.created).toISOString().replace('Z', '+0000'),
  CompatibleArchitectures: one.architectures as LayerVersionsListItem['CompatibleArchitectures'],
  CompatibleRuntimes: one.runtimes as LayerVersionsListItem['CompatibleRuntimes'],
  LicenseInfo: one.licenseInfo,
})

const described = (arn: string, one: LayerVersion) => ({
  ...told(arn, one),
  LayerArn: arn,
  // On AWS there is a Location too, a presigned address of Lambda's own bucket.
  Content: { CodeSha256: one.sha256, CodeSize: one.size },
})

const byNumber = ({ LayerName, VersionNumber }: { LayerName: string; VersionNumber?: number }, call: LambdaCall) => {
  valid(range('versionNumber', VersionNumber, 1, Number.MAX_SAFE_INTEGER))
  return versionArn(layerArn(layerOf(LayerName, call)), VersionNumber ?? 0)
}

const found = (arn: string, store: LambdaStore): { layer: Layer; one: LayerVersion } | undefined => {
  const [, name = '', , , , version] = VERSION_ARN.exec(arn) ?? []
  const layer = store.layers.find(name)
  const one = layer?.versions.find((each) => each.version === Number(version))
  return layer && one && { layer, one }
}

const get = (arn: string, { store }: LambdaCall) => {
  const { layer, one } = found(arn, store) ?? {}
  if (!layer || !one) throw missing(arn)
  return described(layerArn(layer), one)
}

/** What a function with these layers needs to be allowed besides. */
export const layerAccesses = (layers: string[] | undefined): Access[] =>
  (layers ?? []).map((arn) => ['lambda:GetLayerVersion', arn])

/**
 * The layers that a request gives a function, as it keeps them: deleting a version later takes nothing from it.
 * @throws ServiceError `ValidationException` for what is no ARN, `InvalidParameterValueException` for what cannot be used
 */
export const usedLayers = (arns: string[], { region }: Context, store: LambdaStore): UsedLayer[] => {
  for (const arn of arns) valid(length('layers', arn, 1, 140), pattern('layers', arn, VERSION_ARN))
  if (arns.length > MOST_LAYERS) throw invalid(`Cannot reference more than ${MOST_LAYERS} layers.`)
  const names = arns.map((arn) => arn.replace(/:\d+$/, ''))
  if (new Set(names).size < names.length)
    throw invalid('Two different versions of the same layer are not allowed to be referenced in the same function.')
  return arns.map((arn) => {
    if (arn.split(':')[3] !== region) throw invalid(`Layers must be in the function's region, ${region}: ${arn}`)
    const { one } = found(arn, store) ?? {}
    if (!one) throw invalid(`Layer version ${arn} does not exist.`)
    return { arn, size: one.size, content: one.content }
  })
}

const page = <T>(all: T[], MaxItems: number | undefined, Marker: string | undefined) => {
  valid(range('maxItems', MaxItems, 1, MOST_LISTED))
  const from = Marker === undefined ? 0 : Number(Buffer.from(Marker, 'base64url').toString())
  if (!Number.isSafeInteger(from) || from < 0) throw invalid('Invalid pagination token')
  const to = from + (MaxItems ?? MOST_LISTED)
  return {
    items: all.slice(from, to),
    NextMarker: to < all.length ? Buffer.from(String(to)).toString('base64url') : undefined,
  }
}

interface Wanted {
  CompatibleRuntime?: string
  CompatibleArchitecture?: string
}
const fits = ({ CompatibleRuntime: runtime, CompatibleArchitecture: architecture }: Wanted) => {
  valid(oneOf('compatibleArchitecture', architecture, ARCHITECTURES))
  return (one: LayerVersion) =>
    (!runtime || one.runtimes?.includes(runtime)) && (!architecture || one.architectures?.includes(architecture))
}
const newestFirst = (layer: Layer | undefined) => (layer?.versions ?? []).toSorted((a, b) => b.version - a.version)

export const layers = {
  PublishLayerVersion: {
    action: ({ LayerName }, call) => ['lambda:PublishLayerVersion', layerArn(layerOf(LayerName, call))],
    async run(input, call) {
      const { store, ground } = call
      valid(
        length('description', input.Description, 0, 256),
        length('licenseInfo', input.LicenseInfo, 0, 512),
        length('compatibleRuntimes', input.CompatibleRuntimes, 0, 15),
        length('compatibleArchitectures', input.CompatibleArchitectures, 0, 2),
        ...(input.CompatibleArchitectures ?? []).map((one) => oneOf('compatibleArchitectures', one, ARCHITECTURES)),
      )
      const named = layerOf(input.LayerName, call)
      const arn = layerArn(named)
      const content = await contentOf((input.Content ?? {}) as CodeInput, call)
      const before = store.layers.find(arn) ?? { ...named, last: 0, versions: [] }
      const one: LayerVersion = {
        version: before.last + 1,
        created: ground.clock.now(),
        ...content,
        description: input.Description ?? '',
        licenseInfo: input.LicenseInfo,
        runtimes: input.CompatibleRuntimes,
        architectures: input.CompatibleArchitectures,
      }
      store.layers.save({ ...before, last: one.version, versions: [...before.versions, one] })
      return described(arn, one)
    },
  },
  GetLayerVersion: {
    action: (input, call) => ['lambda:GetLayerVersion', byNumber(input, call)],
    run: (input, call) => get(byNumber(input, call), call),
  },
  GetLayerVersionByArn: {
    action: ({ Arn }) => ['lambda:GetLayerVersion', Arn],
    run({ Arn }, call) {
      valid(length('arn', Arn, 1, 140), pattern('arn', Arn, VERSION_ARN))
      return get(Arn, call)
    },
  },
  ListLayerVersions: {
    action: () => ['lambda:ListLayerVersions', '*'],
    run(input, call) {
      const arn = layerArn(layerOf(input.LayerName, call))
      const all = newestFirst(call.store.layers.find(arn)).filter(fits(input))
      const { items, NextMarker } = page(all, input.MaxItems, input.Marker)
      return { LayerVersions: items.map((one) => told(arn, one)), NextMarker }
    },
  },
  ListLayers: {
    action: () => ['lambda:ListLayers', '*'],
    run(input, { store, account, region }) {
      const all = store.layers.list(account, region).flatMap((layer) => {
        const [newest] = newestFirst(layer).filter(fits(input))
        return newest ? [{ layer, newest }] : []
      })
      const { items, NextMarker } = page(all, input.MaxItems, input.Marker)
      const Layers = items.map(({ layer, newest }) => ({
        LayerName: layer.name,
        LayerArn: layerArn(layer),
        LatestMatchingVersion: told(layerArn(layer), newest),
      }))
      return { Layers, NextMarker }
    },
  },
  DeleteLayerVersion: {
    action: (input, call) => ['lambda:DeleteLayerVersion', byNumber(input, call)],
    run(input, call) {
      // Functions that have the version keep it, so its files stay until the cloud starts again and nobody has them.
      const { layer, one } = found(byNumber(input, call), call.store) ?? {}
      if (layer) call.store.layers.save({ ...layer, versions: layer.versions.filter((each) => each !== one) })
      return {}
    },
  },
} satisfies Operations
