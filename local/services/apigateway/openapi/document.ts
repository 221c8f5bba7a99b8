import { parse } from 'yaml'
import { invalid } from '../errors.ts'

/** A map of a document, its members as whoever wrote them. */
export type Dict = Record<string, unknown>

export const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const dictOf = (value: unknown): Dict => (isDict(value) ? value : {})
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** An OpenAPI document: 2.0 is `swagger`, 3.0 `openapi`. */
export interface OpenApi {
  readonly root: Dict
  readonly version: 2 | 3
  /** Follows `$ref`s within the document. @throws ServiceError `BadRequestException` for one that leads nowhere */
  deref(value: unknown): Dict
}

/** Aliases of YAML may grow a small text into a huge one; nobody needs many. */
const ALIASES = 100
const DEEPEST = 32

/** Reads a definition, JSON or YAML. @throws ServiceError `BadRequestException` for what is none. */
export const readOpenApi = (body: Uint8Array): OpenApi => {
  const text = Buffer.from(body).toString('utf8')
  const root = parsed(text)
  const { swagger, openapi } = root
  const name = textOf(swagger) ?? textOf(openapi) ?? ''
  if (swagger === undefined ? !/^3\.0(\.\d+)?$/.test(name) : !/^2(\.0)?$/.test(name))
    throw invalid(
      name === ''
        ? 'Invalid OpenAPI input. Unable to find the version: "swagger" or "openapi" is missing.'
        : `Unsupported OpenAPI version ${name.slice(0, 20)}: it must be 2.0 or 3.0.x.`,
    )
  const deref = (value: unknown): Dict => {
    let at = value
    for (let depth = 0; isDict(at) && typeof at.$ref === 'string'; depth++) {
      const { $ref: reference } = at
      if (depth > DEEPEST || !reference.startsWith('#/')) throw invalid(`Unable to resolve the reference ${reference}`)
      at = reference
        .slice(2)
        .split('/')
        .map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce<unknown>((place, part) => (isDict(place) && Object.hasOwn(place, part) ? place[part] : undefined), root)
      if (at === undefined) throw invalid(`Unable to resolve the reference ${reference}`)
    }
    return dictOf(at)
  }
  return { root, version: swagger === undefined ? 3 : 2, deref }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const parsed = (text: string): Dict => {
  let root: unknown
  try {
    root = text.trimStart().startsWith('{')
      ? JSON.parse(text)
      : parse(text, { maxAliasCount: ALIASES, uniqueKeys: false, logLevel: 'silent' })
  } catch (error) {
    throw invalid(`Invalid OpenAPI input. ${(error as Error).message.split('\n')[0]}`)
  }
  if (!isDict(root)) throw invalid('Invalid OpenAPI input.')
  return root
}
