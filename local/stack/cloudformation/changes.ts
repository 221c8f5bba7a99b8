import { isDeepStrictEqual } from 'node:util'
import type { Change, ResourceChangeDetail } from '@aws-sdk/client-cloudformation'
import type { ResourceType } from '../../services/service.ts'
import { referencesOf } from '../graph.ts'
import { resolve } from '../intrinsics.ts'
import type { Prepared, Target } from '../prepare.ts'
import type { Referable, Scope } from '../scope.ts'
import type { Dict } from '../source.ts'
import type { ResourceRecord, Tag } from '../store.ts'

/** What a stack has, and what it is to have. */
export interface Comparison {
  rows: ReadonlyMap<string, ResourceRecord>
  prepared: Prepared
  /** Values of the parameters before, by name. */
  before: Record<string, string>
  imported: Scope['imported']
  typeOf: (name: string) => ResourceType<unknown> | undefined
  /** Puts the stack's tags in. */
  tagged: (type: string, properties: Dict) => Dict
  tags?: Tag[]
}

/** Stands for what is not known before the resource is there. */
const unknownOf = (logicalId: string): Referable => ({
  ref: `{{changeSet:KNOWN_AFTER_APPLY:${logicalId}}}`,
  attributes: new Proxy(
    {},
    {
      has: () => true,
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
      get: (_, name) => `{{changeSet:KNOWN_AFTER_APPLY:${logicalId}.${String(name)}}}`,
    },
  ) as Dict,
})

/** What executing would do to each resource: in the order of the template, removals last. */
export const changesOf = (comparison: Comparison): Change[] => {
  const { rows, prepared } = comparison
  const unknown = new Map<string, Referable>()
  const changes = prepared.targets.flatMap((target): Change[] => {
    const row = rows.get(target.logicalId)
    if (!row) {
      unknown.set(target.logicalId, unknownOf(target.logicalId))
      return [changeOf('Add', target)]
    }
    return modification(target, row, comparison, unknown)
  })
  const wanted = new Set(prepared.targets.map(({ logicalId }) => logicalId))
  const removed = [...rows.values()].filter(({ logicalId }) => !wanted.has(logicalId))
  return [
    ...changes,
    ...removed.map((row) => changeOf('Remove', row, { PhysicalResourceId: row.physicalId, ...policyOf(row) })),
  ]
}

const policyOf = ({ deletionPolicy }: ResourceRecord) =>
  deletionPolicy === 'Delete' ? { PolicyAction: 'Delete' as const } : { PolicyAction: 'Retain' as const }

const changeOf = (
  Action: 'Add' | 'Modify' | 'Remove',
  { logicalId, type }: { logicalId: string; type: string },
  more: Partial<NonNullable<Change['ResourceChange']>> = {},
): Change => ({
  Type: 'Resource',
  ResourceChange: { Action, LogicalResourceId: logicalId, ResourceType: type, Scope: [], Details: [], ...more },
})

const modification = (
  target: Target,
  row: ResourceRecord,
  { prepared: { scope, template }, before, imported, typeOf, tagged, rows }: Comparison,
  unknown: Map<string, Referable>,
): Change[] => {
  const full: Scope = {
    ...scope,
    imported,
    resource: (id) => {
      const there = rows.get(id)
      return unknown.get(id) ?? (there && { ref: there.ref ?? there.physicalId, attributes: there.attributes })
    },
  }
  const resolved = tagged(target.type, resolve(target.properties, full) as Dict)
  const properties = JSON.parse(JSON.stringify(resolved)) as Dict
  const names = [...new Set([...Object.keys(row.properties), ...Object.keys(properties)])].filter(
    (name) => !isDeepStrictEqual(row.properties[name], properties[name]),
  )
  const replacedBy = typeOf(target.type)?.replacedBy ?? []
  const written = template.resources[target.logicalId]?.Properties ?? {}
  const details = names.flatMap((name): ResourceChangeDetail[] => {
    const isDynamic = JSON.stringify(properties[name] ?? null).includes('{{changeSet:KNOWN_AFTER_APPLY:')
    const recreates = replacedBy.includes(name) ? (isDynamic ? 'Conditionally' : 'Always') : 'Never'
    const detail = {
      Target: {
        Attribute: name === 'Tags' ? ('Tags' as const) : ('Properties' as const),
        ...(name === 'Tags' ? {} : { Name: name }),
        RequiresRecreation: recreates as 'Never' | 'Conditionally' | 'Always',
      },
      Evaluation: isDynamic ? ('Dynamic' as const) : ('Static' as const),
    }
    const causes = referencesOf(written[name], scope.source)
      .map((reference) => reference.name)
      .filter((one) => unknown.has(one) || isChanged(one, before, scope.values))
    if (causes.length === 0) return [{ ...detail, ChangeSource: 'DirectModification' }]
    return [...new Set(causes)].map((cause) => ({
      ...detail,
      ChangeSource: unknown.has(cause) ? 'ResourceReference' : 'ParameterReference',
      CausingEntity: cause,
    }))
  })
  const policies = (['DeletionPolicy', 'UpdateReplacePolicy'] as const).filter((name) =>
    name === 'DeletionPolicy'
      ? row.deletionPolicy !== target.deletionPolicy
      : row.updateReplacePolicy !== target.updateReplacePolicy,
  )
  for (const Attribute of policies)
    details.push({
      Target: { Attribute, RequiresRecreation: 'Never' },
      Evaluation: 'Static',
      ChangeSource: 'DirectModification',
    })
  if (row.type !== target.type) details.push({ Target: { RequiresRecreation: 'Always' }, Evaluation: 'Static' })
  if (details.length === 0) return []
  const needs = details.map(({ Target }) => Target?.RequiresRecreation)
  const replacement = needs.includes('Always') ? 'True' : needs.includes('Conditionally') ? 'Conditional' : 'False'
  if (replacement !== 'False') unknown.set(target.logicalId, unknownOf(target.logicalId))
  return [
    changeOf('Modify', target, {
      PhysicalResourceId: row.physicalId,
      Replacement: replacement,
      Scope: [...new Set(details.map(({ Target }) => Target?.Attribute ?? 'Properties'))],
      Details: details,
      ...(replacement === 'True'
        ? {
            PolicyAction:
              target.updateReplacePolicy === 'Delete' ? ('ReplaceAndDelete' as const) : ('ReplaceAndRetain' as const),
          }
        : {}),
    }),
  ]
}

const isChanged = (name: string, before: Record<string, string>, values: Scope['values']): boolean =>
  Object.hasOwn(before, name) && before[name] !== [values[name]].flat().join(',')
