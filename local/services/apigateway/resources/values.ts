import type { PatchOperation } from '@aws-sdk/client-api-gateway'
import type { Resource, ResourceCall } from '../../service.ts'
import type { ApiGatewayStore } from '../store.ts'

/** Properties of a template, where numbers and truths may stand as text. */
export type Properties = Record<string, unknown>
export type Called = ResourceCall<ApiGatewayStore>

export const client = (call: Called) => call.cloud('apigateway')

export const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : typeof value === 'object' ? JSON.stringify(value) : String(value)
export const truthOf = (value: unknown): boolean | undefined =>
  value === undefined ? undefined : value === true || value === 'true'
export const numberOf = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value))
export const textsOf = (value: unknown): Record<string, string> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, textOf(one) ?? '']))
    : undefined
export const truthsOf = (value: unknown): Record<string, boolean> | undefined =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, one === true || one === 'true']))
    : undefined
export const listOf = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.map((one) => String(one)) : undefined
export const propertiesOf = (value: unknown): Properties => (value ?? {}) as Properties
export const manyOf = (value: unknown): Properties[] => (Array.isArray(value) ? (value as Properties[]) : [])

/** CloudFormation's list of tags as a map. */
export const tagsOf = ({ properties }: Resource): Record<string, string> | undefined => {
  const tags = manyOf(properties.Tags)
  return tags.length ? Object.fromEntries(tags.map(({ Key, Value }) => [String(Key), String(Value ?? '')])) : undefined
}

export const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')

/** The operations that make one value of another: `/path` replaced, or removed where there is none any more. */
export const replaced = (path: string, before: unknown, now: unknown): PatchOperation[] => {
  if (textOf(before) === textOf(now)) return []
  return now === undefined ? [{ op: 'remove', path }] : [{ op: 'replace', path, value: textOf(now) }]
}
/** The same where nothing can be removed: what is missing becomes `empty`. */
export const replacedOr = (path: string, before: unknown, now: unknown, empty: string): PatchOperation[] =>
  textOf(before) === textOf(now) ? [] : [{ op: 'replace', path, value: textOf(now) ?? empty }]
/** The operations that make one map of texts of another. */
export const entries = (path: string, before: unknown, now: unknown): PatchOperation[] => {
  const old = textsOf(before) ?? {}
  const wanted = textsOf(now) ?? {}
  return [
    ...Object.keys(old).flatMap((name): PatchOperation[] =>
      name in wanted ? [] : [{ op: 'remove', path: `${path}/${escaped(name)}` }],
    ),
    ...Object.entries(wanted).flatMap(([name, value]): PatchOperation[] =>
      old[name] === value ? [] : [{ op: name in old ? 'replace' : 'add', path: `${path}/${escaped(name)}`, value }],
    ),
  ]
}
/** The operations that make one list of texts of another. */
export const members = (path: string, before: unknown, now: unknown): PatchOperation[] => {
  const old = listOf(before) ?? []
  const wanted = listOf(now) ?? []
  return [
    ...old
      .filter((one) => !wanted.includes(one))
      .map((one): PatchOperation => ({ op: 'remove', path: `${path}/${escaped(one)}` })),
    ...wanted
      .filter((one) => !old.includes(one))
      .map((one): PatchOperation => ({ op: 'add', path: `${path}/${escaped(one)}` })),
  ]
}
