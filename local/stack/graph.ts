import { attributePath, callOf, variablesOf } from './intrinsics.ts'
import { isDict, type Source } from './source.ts'

/** A name that a value refers to, and the map in which it does. */
export interface Reference {
  name: string
  spot: object
}

/** Every name that a value refers to by Ref, Fn::GetAtt or Fn::Sub, pseudo parameters apart. */
export const referencesOf = (value: unknown, source: Source): Reference[] => {
  const found: Reference[] = []
  const add = (name: unknown, spot: object) => {
    if (typeof name === 'string' && !name.startsWith('AWS::')) found.push({ name, spot })
  }
  const visit = (at: unknown): void => {
    if (Array.isArray(at)) for (const one of at) visit(one)
    if (!isDict(at)) return
    const call = callOf(at, { source, inConditions: false })
    if (call?.name === 'Ref') add(call.argument, at)
    if (call?.name === 'Fn::GetAtt') add(attributePath(call.argument)?.[0], at)
    if (call?.name === 'Fn::Sub') {
      const [text, given] = [call.argument].flat()
      for (const name of variablesOf(String(text)))
        if (!(isDict(given) && Object.hasOwn(given, name))) add(name.split('.')[0], at)
    }
    for (const one of Object.values(at)) visit(one)
  }
  visit(value)
  return found
}

/**
 * The keys of a graph, each after all that it depends on.
 * @throws what `circular` makes of a circle, its members in their order.
 */
export const sorted = (
  graph: ReadonlyMap<string, readonly string[]>,
  circular: (members: string[]) => Error,
): string[] => {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (key: string) => {
    if (done.has(key)) return
    if (path.includes(key)) throw circular(path.slice(path.indexOf(key)))
    path.push(key)
    for (const dependency of graph.get(key) ?? []) if (graph.has(dependency)) visit(dependency)
    path.pop()
    done.add(key)
  }
  for (const key of graph.keys()) visit(key)
  return [...done]
}
