import { Mistake } from '../base/errors.ts'
import type { Engine } from './engine.ts'
import type { Wanted } from './prepare.ts'
import type { StackOutput, StackRecord, StackStore } from './store.ts'

/** Looks up exports of the region's other stacks, and notes which are used. */
export const importing =
  (store: StackStore, { id, region }: StackRecord, used: Set<string>) =>
  (name: string): string | undefined => {
    const exporting = store.list().filter((stack) => stack.region === region && stack.id !== id)
    const output = exporting
      .flatMap(({ outputs }) => Object.values(outputs))
      .find(({ exportName }) => exportName === name)
    if (output) used.add(name)
    return output?.value
  }

/** The outputs of a stack. @throws Mistake for an export that another stack has, or that another one needs as it was. */
export const outputsOf = (
  prepared: Wanted,
  engine: Engine,
  imported: (name: string) => string | undefined,
  store: StackStore,
): Record<string, StackOutput> => {
  const outputs = engine.outputs(prepared, imported)
  const { source } = prepared.scope
  const others = store
    .list()
    .filter(({ id, region }) => id !== engine.stack.id && region === engine.stack.region)
    .flatMap(({ name, outputs: theirs }) => Object.values(theirs).map(({ exportName }) => ({ name, exportName })))
  const seen = new Map(others.map(({ name, exportName }) => [exportName, name]))
  for (const { key, spot } of prepared.outputs) {
    const name = outputs[key]?.exportName
    if (name === undefined) continue
    const owner = seen.get(name)
    if (owner) throw source.mistake(`Export with name ${name} is already exported by stack ${owner}.`, [spot, 'Export'])
    seen.set(name, engine.stack.name)
  }
  refuseUsedExports(store, engine.stack, outputs)
  return outputs
}

/** What another stack imports may neither go nor change. */
export const refuseUsedExports = (store: StackStore, stack: StackRecord, after: Record<string, StackOutput>): void => {
  const values = new Map(Object.values(after).map(({ exportName, value }) => [exportName, value]))
  for (const { exportName, value } of Object.values(stack.outputs)) {
    if (exportName === undefined || values.get(exportName) === value) continue
    const users = store.list().filter(({ region, imports }) => region === stack.region && imports.includes(exportName))
    const verb = values.has(exportName) ? 'updated' : 'deleted'
    if (users.length)
      throw new Mistake(
        `Export ${exportName} cannot be ${verb} as it is in use by ${users.map(({ name }) => name).join(', ')}.`,
      )
  }
}
