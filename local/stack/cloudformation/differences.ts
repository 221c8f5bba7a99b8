import { isDeepStrictEqual } from 'node:util'
import type { Change } from '@aws-sdk/client-cloudformation'
import { importing } from '../exports.ts'
import { resolvedOutputs, scopeOf } from '../outputs.ts'
import type { Prepared } from '../prepare.ts'
import type { Settings, StackRecord } from '../store.ts'
import { tagged } from '../tagged.ts'
import { changesOf } from './changes.ts'
import { asRequest } from './errors.ts'
import type { CloudFormationCall } from './names.ts'

/** What an update would change: in resources, and whether in anything at all. */
export const differences = (
  stack: StackRecord,
  prepared: Prepared,
  settings: Settings,
  { store: { store, typeOf } }: CloudFormationCall,
): { changes: Change[]; some: boolean } =>
  asRequest(() => {
    const tags = settings.tags ?? stack.tags ?? []
    const imported = importing(store, stack, new Set())
    const rows = new Map(store.resources(stack.id).map((row) => [row.logicalId, row]))
    const changes = changesOf({
      rows,
      prepared,
      before: { ...stack.parameters, ...stack.given },
      imported,
      typeOf,
      tagged: (type, properties) => tagged(typeOf(type), properties, tags),
    })
    if (changes.length) return { changes, some: true }
    const outputs = resolvedOutputs(prepared, scopeOf(prepared.scope, imported, rows))
    const some =
      !isDeepStrictEqual(outputs, stack.outputs) ||
      !isDeepStrictEqual(tags, stack.tags ?? []) ||
      [...rows.values()].some(({ pending }) => pending !== undefined) ||
      (settings.roleArn !== undefined && settings.roleArn !== stack.roleArn) ||
      !isDeepStrictEqual(settings.notificationArns ?? stack.notificationArns ?? [], stack.notificationArns ?? [])
    return { changes, some }
  })
