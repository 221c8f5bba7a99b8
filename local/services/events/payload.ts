import type { InputTransformer, Target } from '@aws-sdk/client-eventbridge'
import type { BusEvent, Rule } from './types.ts'

/** What `$.detail.items[0]` finds in an event; nothing where there is none. */
export const atPath = (path: string, event: unknown): unknown => {
  let value = event
  for (const step of stepsOf(path) ?? []) value = (value as Record<string | number, unknown> | null | undefined)?.[step]
  return value
}

/** The steps of a path of EventBridge: names after dots, numbers in brackets. Nothing for what is no path. */
export const stepsOf = (path: string): (string | number)[] | undefined => {
  if (!/^\$(\.[\w-]+|\[\d+\]|\['[^']+'\])*$/.test(path)) return undefined
  return [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? '') : Number(index),
  )
}

/** Values that every template may name (EventBridge user guide, "Amazon EventBridge input transformation"). */
const predefined = (event: BusEvent, { arn, name }: Rule, ingested: string): Record<string, unknown> => ({
  'aws.events.rule-arn': arn,
  'aws.events.rule-name': name,
  'aws.events.event.ingestion-time': ingested,
  'aws.events.event': withoutDetail(event),
  'aws.events.event.json': event,
})
const withoutDetail = ({ detail: _, ...rest }: BusEvent) => rest

/**
 * Fills in a template: `<name>` within a quoted text as text, elsewhere as JSON. What is not there is left out, as
 * empty text or an empty JSON text.
 */
const filled = (template: string, values: Record<string, unknown>): string => {
  let quoted = false
  return template.replace(/\\.|"|<([\w.-]+)>/g, (all, name?: string) => {
    if (all === '"') quoted = !quoted
    if (name === undefined || !Object.hasOwn(values, name)) return all
    const value = values[name]
    if (!quoted) return value === undefined ? '""' : JSON.stringify(value)
    const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
    return JSON.stringify(text).slice(1, -1)
  })
}

const transformed = (transformer: InputTransformer, event: BusEvent, rule: Rule, ingested: string): string => {
  const values = predefined(event, rule, ingested)
  for (const [name, path] of Object.entries(transformer.InputPathsMap ?? {})) values[name] = atPath(path, event)
  const text = filled(transformer.InputTemplate ?? '', values)
  try {
    JSON.parse(text)
    return text
  } catch {
    // A template that is no JSON becomes a text, as a function can get nothing but JSON.
    return JSON.stringify(text)
  }
}

/** What a target gets of an event: the whole, a part, a text of its own, or a template filled in. JSON. */
export const payloadOf = (target: Target, event: BusEvent, rule: Rule, ingested: string): string => {
  if (target.Input !== undefined) return target.Input
  if (target.InputPath !== undefined) return JSON.stringify(atPath(target.InputPath, event) ?? null)
  if (target.InputTransformer) return transformed(target.InputTransformer, event, rule, ingested)
  return JSON.stringify(event)
}
