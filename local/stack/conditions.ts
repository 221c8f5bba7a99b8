import { resolve } from './intrinsics.ts'
import type { Scope } from './scope.ts'
import type { Dict } from './source.ts'

/**
 * The conditions of a template, each worked out when it is first asked for.
 * @returns what a condition is; undefined for a name that the template does not have.
 */
export const resolveConditions = (
  conditions: Dict,
  scope: Pick<Scope, 'source' | 'values' | 'mappings' | 'extensions'>,
): ((name: string) => boolean | undefined) => {
  const known = new Map<string, boolean>()
  const underway: string[] = []
  const within: Scope = {
    ...scope,
    inConditions: true,
    condition: (name) => condition(name),
    resource: () => undefined,
    imported: () => undefined,
  }
  const condition = (name: string): boolean | undefined => {
    if (!Object.hasOwn(conditions, name)) return undefined
    const before = known.get(name)
    if (before !== undefined) return before
    if (underway.includes(name)) {
      const circle = underway.slice(underway.indexOf(name))
      throw scope.source.mistake(`Circular dependency between conditions: [${circle.join(', ')}].`, [conditions, name])
    }
    underway.push(name)
    const value = resolve(conditions[name], within)
    underway.pop()
    if (typeof value !== 'boolean')
      throw scope.source.mistake(
        `Template format error: Every Conditions member must be a boolean function, like Fn::Equals.`,
        [conditions, name],
      )
    known.set(name, value)
    return value
  }
  // A condition that nothing uses is checked all the same.
  for (const name of Object.keys(conditions)) condition(name)
  return condition
}
