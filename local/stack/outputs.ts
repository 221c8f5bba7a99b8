import { resolve } from './intrinsics.ts'
import type { Wanted } from './prepare.ts'
import type { Scope } from './scope.ts'
import type { ResourceRecord, StackOutput } from './store.ts'

/** A scope that looks things up in the resources as they are now. */
export const scopeOf = (
  scope: Wanted['scope'],
  imported: Scope['imported'],
  rows: ReadonlyMap<string, ResourceRecord>,
): Scope => ({
  ...scope,
  imported,
  resource: (id) => {
    const row = rows.get(id)
    return row && { ref: row.ref ?? row.physicalId, attributes: row.attributes }
  },
})

/** The outputs of a template, resolved. @throws Mistake */
export const resolvedOutputs = ({ outputs, scope: { source } }: Wanted, scope: Scope): Record<string, StackOutput> => {
  const entries = outputs.map(({ key, value, exportName, description, spot }) => {
    const resolved = resolve(value, scope)
    const name = exportName === undefined ? undefined : resolve(exportName, scope)
    if (!['string', 'number', 'boolean'].includes(typeof resolved))
      throw source.mistake(`Template format error: The Value field of output ${key} must evaluate to a String.`, [
        spot,
        'Value',
      ])
    if (name !== undefined && (typeof name !== 'string' || !name))
      throw source.mistake(`Template format error: the name of an export must be a String.`, [spot, 'Export'])
    const told = { ...(description ? { description } : {}), ...(name ? { exportName: name as string } : {}) }
    return [key, { value: String(resolved), ...told }] as const
  })
  return Object.fromEntries(entries)
}
