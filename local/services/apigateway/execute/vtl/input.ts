import { type Json, parseJson, printJson } from '../json.ts'
import { readPath } from '../jsonPath.ts'
import type { Budget } from './budget.ts'
import { TemplateError } from './nodes.ts'
import { type Host, toText, type Value } from './values.ts'

/**
 * `$input`: `body`, `json(path)`, `path(path)`, `params()`, `params(name)`. The body is read when it is first asked for,
 * and once: what a template sets in it, `json` shows.
 * @throws SyntaxError (from `call`) where the body is not JSON
 */
export const inputOf = (body: string, params: Map<string, Json>): Host => {
  let known: Json | undefined
  // Without a body, templates see an empty object.
  const read = (): Json => (known ??= body.trim() === '' ? new Map() : parseJson(body))
  const at = (path: Value | undefined): Json => {
    if (typeof path !== 'string') throw new TemplateError('$input.json and $input.path take a JSONPath')
    return readPath(read(), path) ?? ''
  }
  /** What visits the whole body costs by its length. */
  const weighed = (path: Value | undefined, budget: Budget): Json => {
    budget.spend(1 + (typeof path === 'string' && /\.\.|\*|\?/.test(path) ? body.length >> 6 : 0))
    return at(path)
  }
  return {
    property: (name) => (name === 'body' ? body : null),
    call(method, args, budget) {
      if (method === 'params' && args.length === 0) return params
      if (method === 'params' && args.length === 1) return parameter(params, toText(args[0] ?? null, budget))
      if (args.length !== 1) return undefined
      if (method === 'path') return weighed(args[0], budget)
      return method === 'json' ? budget.text(printJson(weighed(args[0], budget))) : undefined
    },
  }
}

/** A parameter of the path, then of the query string, then a header; empty where there is none. */
const parameter = (params: Map<string, Json>, name: string): Json => {
  for (const place of ['path', 'querystring', 'header']) {
    const values = params.get(place)
    if (!(values instanceof Map)) continue
    const exact = values.get(name)
    if (exact !== undefined) return exact
    if (place !== 'header') continue
    for (const [other, value] of values) if (other.toLowerCase() === name.toLowerCase()) return value
  }
  return ''
}
