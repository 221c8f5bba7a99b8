import type { Budget } from './budget.ts'
import { TemplateError } from './nodes.ts'
import { matchesWhole, replace, split } from './regex.ts'
import { isNumber, toNumber, toText, type Value } from './values.ts'

type StringMethod = (self: string, args: readonly Value[], budget: Budget) => Value | undefined

/** A method that takes texts; others have no such method, as in Java. */
const texts =
  (run: (self: string, ...args: string[]) => Value) =>
  (self: string, args: readonly Value[], budget: Budget): Value | undefined => {
    budget.spend(1 + (self.length >> 6))
    if (args.includes(null)) throw new TemplateError('A method of a text was given null')
    const given = args.filter((arg) => typeof arg === 'string')
    if (given.length < args.length) return undefined
    const result = run(self, ...given)
    if (Array.isArray(result)) budget.spend(result.length)
    return typeof result === 'string' ? budget.text(result) : result
  }

/** Characters that one replacement may bring. */
const MOST = 16 * 1024 * 1024

const place = (self: string, index: Value | undefined, least = 0, most = self.length): number => {
  const number = isNumber(index) ? toNumber(index) : Number.NaN
  if (Number.isInteger(number) && number >= least && number <= most) return number
  throw new TemplateError(`String index out of range: ${String(number)}`)
}

const order = (one: string, other: string): number => {
  const most = Math.min(one.length, other.length)
  for (let index = 0; index < most; index++)
    if (one[index] !== other[index]) return one.charCodeAt(index) - other.charCodeAt(index)
  return one.length - other.length
}

const hash = (text: string): number => {
  let result = 0
  for (let index = 0; index < text.length; index++) result = (Math.imul(result, 31) + text.charCodeAt(index)) | 0
  return result
}

const occurrences = (self: string, part: string, budget: Budget): number => {
  let count = 0
  for (let at = self.indexOf(part); at >= 0; at = self.indexOf(part, at + part.length)) {
    budget.spend(1)
    count++
  }
  return count
}

const all: Record<string, StringMethod> = {
  'length/0': (self) => self.length,
  'isEmpty/0': (self) => self === '',
  'charAt/1': (self, [index]) => self[place(self, index, 0, self.length - 1)],
  'substring/1': (self, [from], budget) => budget.text(self.slice(place(self, from))),
  'substring/2': (self, [from, to], budget) => {
    const begin = place(self, from)
    return budget.text(self.slice(begin, place(self, to, begin)))
  },
  'contains/1': texts((self, part = '') => self.includes(part)),
  'startsWith/1': texts((self, part = '') => self.startsWith(part)),
  'endsWith/1': texts((self, part = '') => self.endsWith(part)),
  'indexOf/1': texts((self, part = '') => self.indexOf(part)),
  'indexOf/2': (self, [part, from]) =>
    typeof part === 'string' && isNumber(from) ? self.indexOf(part, toNumber(from)) : undefined,
  'lastIndexOf/1': texts((self, part = '') => self.lastIndexOf(part)),
  'equalsIgnoreCase/1': texts((self, other = '') => self.toLowerCase() === other.toLowerCase()),
  'compareTo/1': texts((self, other = '') => order(self, other)),
  'compareToIgnoreCase/1': texts((self, other = '') => order(self.toLowerCase(), other.toLowerCase())),
  'concat/1': texts((self, other = '') => self + other),
  'toLowerCase/0': texts((self) => self.toLowerCase()),
  'toUpperCase/0': texts((self) => self.toUpperCase()),
  'trim/0': texts((self) => self.replace(/^[\0- ]+/, '').replace(/(?<![\0- ])[\0- ]+$/, '')),
  'replace/2': (self, [part, by], budget) => {
    if (typeof part !== 'string' || typeof by !== 'string') return undefined
    // Told before it is made: a short text in a long one may be replaced by one as long.
    const found = part === '' ? self.length + 1 : occurrences(self, part, budget)
    budget.spend(part === '' ? found : 1 + (self.length >> 6))
    if (found * by.length > MOST) throw new TemplateError('The template makes too much text')
    return budget.text(self.replaceAll(part, () => by))
  },
  'replaceAll/2': texts((self, pattern = '', by = '') => replace(self, pattern, by, true)),
  'replaceFirst/2': texts((self, pattern = '', by = '') => replace(self, pattern, by, false)),
  'matches/1': texts((self, pattern = '') => matchesWhole(pattern, self)),
  'split/1': texts((self, pattern = '') => split(self, pattern)),
  'split/2': (self, [pattern, limit], budget) => {
    if (typeof pattern !== 'string' || !isNumber(limit)) return undefined
    budget.spend(1 + (self.length >> 6))
    const parts = split(self, pattern, toNumber(limit))
    budget.spend(parts.length)
    return parts
  },
  'hashCode/0': (self) => hash(self),
  'valueOf/1': (_, [other = null], budget) => budget.text(toText(other, budget)),
}

/** The methods of java.lang.String. */
export const stringMethods: ReadonlyMap<string, StringMethod> = new Map(Object.entries(all))
