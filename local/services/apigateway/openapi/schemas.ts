import type { Model } from '@aws-sdk/client-api-gateway'
import type { Ids } from '../../../base/ids.ts'
import { partId } from '../definition.ts'
import { given, invalid } from '../errors.ts'
import { type Dict, dictOf, isDict, type OpenApi, textOf } from './document.ts'

/** Where schemas of a definition stand. */
const PLACE = { 2: '#/definitions/', 3: '#/components/schemas/' } as const
/** How a model names another one ("Create a model", "Reference other models"). */
export const modelUrl = (apiId: string, name: string): string =>
  `https://apigateway.amazonaws.com/restapis/${apiId}/models/${name}`

/** The models of an API while its definition is read. */
export interface Models {
  readonly list: Model[]
  /** The model that a schema is: the one it refers to, or one made of it. */
  nameOf(schema: unknown): string | undefined
}

const NAME = /^[a-zA-Z0-9]+$/

export const readModels = ({ root, version }: OpenApi, apiId: string, ids: Ids): Models => {
  const place = PLACE[version]
  const referring = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(referring)
    if (!isDict(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name,
        name === '$ref' && typeof one === 'string' && one.startsWith(place)
          ? modelUrl(apiId, one.slice(place.length))
          : referring(one),
      ]),
    )
  }
  const list: Model[] = []
  const add = (name: string, schema: Dict): string => {
    list.push(
      given({
        id: partId(ids),
        name,
        description: textOf(schema.description),
        contentType: 'application/json',
        schema: JSON.stringify(referring(schema)),
      }),
    )
    return name
  }
  const schemas = dictOf(version === 2 ? root.definitions : dictOf(root.components).schemas)
  for (const [name, schema] of Object.entries(schemas)) {
    if (!NAME.test(name))
      throw invalid(`Unable to create model for '${name}': Model name must be alphanumeric: ${name}`)
    add(name, dictOf(schema))
  }
  const made = new Map<string, string>()
  return {
    list,
    nameOf(schema) {
      if (!isDict(schema)) return undefined
      if (typeof schema.$ref === 'string' && schema.$ref.startsWith(place)) {
        const name = schema.$ref.slice(place.length)
        if (!list.some((one) => one.name === name) && name !== 'Empty' && name !== 'Error')
          throw invalid(`Invalid model reference: ${schema.$ref}`)
        return name
      }
      const text = JSON.stringify(schema)
      const name = made.get(text) ?? add(`MODEL${ids.text(6)}`, schema)
      made.set(text, name)
      return name
    },
  }
}
