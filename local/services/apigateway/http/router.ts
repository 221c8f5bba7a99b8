import type { Route } from '@aws-sdk/client-apigatewayv2'
import { percentDecoded } from '../execute/parameters.ts'

/** The route of a request, and the parameters of its path, decoded. */
export interface Found {
  route: Route
  parameters: Record<string, string>
}

interface Pattern {
  route: Route
  method: string
  parts: string[]
}

const partsOf = (path: string): string[] => path.split('/').slice(1)
const isVariable = (part: string) => part.startsWith('{')
const isGreedy = (part: string) => part.endsWith('+}')

/**
 * Finds routes: a whole match before a greedy one, of those the one with the most that is literal; its own method before
 * ANY; then `$default` (developer guide, "Routing API requests").
 */
export const findRoute = (routes: readonly Route[], method: string, path: string): Found | undefined => {
  const asked = partsOf(path)
  const patterns = routes.flatMap((route): Pattern[] => {
    const [, verb = '', text = ''] = /^(\S+) (\/.*)$/.exec(route.RouteKey ?? '') ?? []
    return verb === method || verb === 'ANY' ? [{ route, method: verb, parts: partsOf(text) }] : []
  })
  const [best] = patterns.filter(({ parts }) => fits(parts, asked)).sort((a, b) => better(a, b))
  if (best) return { route: best.route, parameters: parametersOf(best.parts, asked) }
  const standard = routes.find(({ RouteKey }) => RouteKey === '$default')
  return standard && { route: standard, parameters: {} }
}

const fits = (parts: string[], asked: string[]): boolean => {
  const greedy = isGreedy(parts.at(-1) ?? '')
  if (greedy ? asked.length < parts.length : asked.length !== parts.length) return false
  return parts.every((part, i) =>
    isVariable(part) ? asked[i] !== '' : part === asked[i] || part === percentDecoded(asked[i] ?? ''),
  )
}

const better = (a: Pattern, b: Pattern): number => {
  const greedy = Number(isGreedy(a.parts.at(-1) ?? '')) - Number(isGreedy(b.parts.at(-1) ?? ''))
  if (greedy) return greedy
  for (let i = 0; i < Math.max(a.parts.length, b.parts.length); i++) {
    const [one = '{', other = '{'] = [a.parts[i], b.parts[i]]
    if (isVariable(one) !== isVariable(other)) return isVariable(one) ? 1 : -1
  }
  return b.parts.length - a.parts.length || Number(a.method === 'ANY') - Number(b.method === 'ANY')
}

const parametersOf = (parts: string[], asked: string[]): Record<string, string> =>
  Object.fromEntries(
    parts.flatMap((part, i) => {
      if (!isVariable(part)) return []
      const name = part.replace(/^\{|\+?\}$/g, '')
      return [[name, percentDecoded(isGreedy(part) ? asked.slice(i).join('/') : (asked[i] ?? ''))]]
    }),
  )
