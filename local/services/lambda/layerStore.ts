import type { State } from '../../base/state.ts'
import type { StoredCode } from './storedCode.ts'

/** One version of a layer; never changed. */
export interface LayerVersion {
  version: number
  /** ms since the epoch */
  created: number
  content: Exclude<StoredCode, { kind: 'source' }>
  sha256: string
  /** Bytes of the package, or of the files of a local folder. */
  size: number
  description: string
  licenseInfo?: string
  runtimes?: string[]
  architectures?: string[]
}

/** A layer and the versions of it that are there. */
export interface Layer {
  account: string
  region: string
  name: string
  /** The number of the newest version that ever was: none is given twice. */
  last: number
  versions: LayerVersion[]
}

/** The layers of a cloud. */
export interface Layers {
  find(arn: string): Layer | undefined
  all(): Layer[]
  /** In the order of their names, those without a version among them. */
  list(account: string, region: string): Layer[]
  save(layer: Layer): void
}

export const layerArn = ({ account, region, name }: Pick<Layer, 'account' | 'region' | 'name'>): string =>
  `arn:aws:lambda:${region}:${account}:layer:${name}`

export const createLayers = (state: State): Layers => {
  state.define('create table if not exists lambda_layers (arn text primary key, body text)')
  const put = state.prepare('insert or replace into lambda_layers (arn, body) values (?, ?)')
  const layers = new Map<string, Layer>()
  for (const { body } of state.prepare('select body from lambda_layers').all() as { body: string }[]) {
    const layer = JSON.parse(body) as Layer
    layers.set(layerArn(layer), layer)
  }
  return {
    find: (arn) => layers.get(arn),
    all: () => [...layers.values()],
    list: (account, region) =>
      [...layers.values()]
        .filter((layer) => layer.account === account && layer.region === region)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    save(layer) {
      put.run(layerArn(layer), JSON.stringify(layer))
      layers.set(layerArn(layer), layer)
    },
  }
}
