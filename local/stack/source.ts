import { basename } from 'node:path'
import { Mistake } from '../base/errors.ts'

/** A map of a template, its keys strings. */
export type Dict = Record<string, unknown>

export const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where a map or list of a template stands: its path, its line, and the lines of its members. Lines count from 1. */
export interface Place {
  path: string
  line: number
  members: Map<string, number>
}

/** A map or list of a template, and the member of it that is meant. */
export type Spot = unknown | [node: object, member: string | number]

/** A template's text and where each value of it stands, so that a mistake names its line. */
export interface Source {
  /** `template.yaml`; empty for a template that came over the wire */
  readonly name: string
  /** Remembers where a value stands. */
  place(node: object, place: Place): void
  /**
   * Of values whose places are found out when one is first asked for: `locate` carries them over then. Without `nodes`
   * it may be any value.
   */
  placeLater(nodes: Iterable<object> | undefined, locate: () => void): void
  /** Gives a value made out of another one the other's place. */
  carry<T>(from: unknown, to: T): T
  /** One sentence; of a file's template it begins with file, line and path: `template.yaml:195, Resources.Pictures: …`. */
  mistake(message: string, ...spots: Spot[]): Mistake
}

/** Puts a member's path together: `Resources.Pictures`. */
export const pathOf = (path: string, member: string): string => (path ? `${path}.${member}` : member)

/** The maps and lists of a value, each before what it holds. */
export const nodesOf = (value: unknown, found: object[] = []): object[] => {
  if (typeof value !== 'object' || value === null) return found
  found.push(value)
  for (const one of Object.values(value)) nodesOf(one, found)
  return found
}

/** `file` is the template's path; messages show its name. Without one they are AWS's own, which name no place. */
export const createSource = (file: string | undefined): Source => {
  const name = file === undefined ? '' : basename(file)
  const places = new Map<object, Place | undefined>()
  /** What has the place of another value. */
  const origins = new Map<object, object>()
  let located: (() => void) | undefined
  let anywhere = false
  const isNode = (node: unknown): node is object => typeof node === 'object' && node !== null

  const placeOf = (node: object): Place | undefined => {
    const locate = located
    located = undefined
    locate?.()
    let at = node
    for (let from = origins.get(at); from; from = origins.get(at)) at = from
    return places.get(at)
  }
  const find = (spot: Spot): { path: string; line: number } | undefined => {
    if (!isNode(spot)) return undefined
    const place = placeOf(spot)
    if (place) return place
    // A pair made for this question: [node, member]; lists of the template itself are known above.
    if (!Array.isArray(spot) || spot.length !== 2 || !isNode(spot[0])) return undefined
    const parent = placeOf(spot[0])
    const member = String(spot[1])
    return parent && { path: pathOf(parent.path, member), line: parent.members.get(member) ?? parent.line }
  }
  const first = (spots: Spot[]) => spots.map(find).find((found) => found !== undefined)
  return {
    name,
    place: (node, place) => void places.set(node, place),
    placeLater(nodes, locate) {
      for (const node of nodes ?? []) places.set(node, undefined)
      anywhere = nodes === undefined
      located = locate
    },
    carry(from, to) {
      if (isNode(from) && isNode(to) && to !== from && (anywhere || origins.has(from) || places.has(from)))
        origins.set(to, from)
      return to
    },
    mistake(message, ...spots) {
      if (file === undefined) return new Mistake(message)
      const found = first(spots)
      const where = found ? `${name}:${found.line}${found.path ? `, ${found.path}` : ''}` : name
      return new Mistake(`${where}: ${message}`)
    },
  }
}
