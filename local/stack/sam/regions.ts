import { isDict } from '../source.ts'
import { isIntrinsic, type SamResource } from './types.ts'

/** The groups of regions by which a template may name several (SAM's specification, "ReplicaRegions"). */
const GROUPS: Record<string, string[] | undefined> = {
  US: ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
  AP: ['ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2'],
  CA: ['ca-central-1'],
  EU: ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1', 'eu-north-1'],
  SA: ['sa-east-1'],
  SPARSE_GLOBAL: [
    'us-east-1',
    'eu-west-1',
    'eu-central-1',
    'ap-northeast-1',
    'ap-southeast-2',
    'sa-east-1',
    'ap-southeast-1',
  ],
}
const ALL = 'ALL_STANDARD'

const isText = (one: unknown): one is string => typeof one === 'string'

/** The regions that the property ReplicaRegions means: those that are known, sorted, then those that are not yet. */
export const regionsOf = ({ properties, refuse }: SamResource): unknown => {
  const { ReplicaRegions: given } = properties
  if (given === undefined || given === null || isIntrinsic(given)) return given
  const spot = [properties, 'ReplicaRegions'] as const
  const expanded = (names: string[]): string[] =>
    names.flatMap((name) => {
      const key = name.toUpperCase()
      const group = key === ALL ? Object.values(GROUPS).flatMap((one) => one ?? []) : GROUPS[key]
      if (!group && !name.includes('-')) throw refuse(`Unknown region key or code: '${name}'.`, spot)
      return group ?? [name]
    })
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
  const sorted = (names: string[], but: ReadonlySet<string> = new Set()) =>
    [...new Set(names)].filter((one) => !but.has(one)).sort()
  if (Array.isArray(given)) return [...sorted(expanded(given.filter(isText))), ...given.filter((one) => !isText(one))]
  if (!isDict(given)) throw refuse("Property 'ReplicaRegions' should be a list or a map.", spot)
  const { IncludeRegions: include, ExcludeRegions: exclude, ...others } = given
  if (Object.keys(others).length)
    throw refuse(
      `'ReplicaRegions' contains unrecognized keys: ${Object.keys(others).join(', ')}. Valid keys are: IncludeRegions, ExcludeRegions.`,
      spot,
    )
  if (isIntrinsic(include) || isIntrinsic(exclude))
    throw refuse("'IncludeRegions' and 'ExcludeRegions' do not support top-level intrinsic functions.", spot)
  const [included, excluded] = [list(include), list(exclude)]
  if (excluded.length && !included.length)
    throw refuse("'ExcludeRegions' requires 'IncludeRegions' to also be specified in 'ReplicaRegions'.", spot)
  if (!excluded.every(isText)) throw refuse("'ExcludeRegions' does not support intrinsic functions in entries.", spot)
  if (excluded.length && !included.every(isText))
    throw refuse("'ExcludeRegions' cannot be used when 'IncludeRegions' contains intrinsic functions.", spot)
  const kept = sorted(expanded(included.filter(isText)), new Set(expanded(excluded)))
  return [...kept, ...included.filter((one) => !isText(one))]
}
