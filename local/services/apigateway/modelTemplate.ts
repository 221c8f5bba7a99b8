import type { Model } from '@aws-sdk/client-api-gateway'

type Schema = Record<string, unknown>
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const schemaOf = ({ schema = '' }: Model): Schema | undefined => {
  try {
    const read: unknown = JSON.parse(schema)
    return isSchema(read) ? read : undefined
  } catch {
    return undefined
  }
}

/** Whether a mapping template can be made of a model. */
export const isTemplateable = (model: Model): boolean => schemaOf(model) !== undefined

const SAMPLES: Record<string, string | undefined> = { string: '"foo"', integer: '42', number: '3.14', boolean: 'true' }
/** Models refer to each other; a template ends where it would go round. */
const DEEPEST = 12

/** A mapping template that writes a model's shape with sample values (GetModelTemplate). */
export const templateOf = (model: Model, models: readonly Model[]): string => {
  const named = (reference: string): Schema => {
    const name = reference.split('/').at(-1)
    const found = models.find((one) => one.name === name)
    return (found && schemaOf(found)) ?? {}
  }
  const written = (given: unknown, path: string, indent: string, depth: number): string => {
    const schema = isSchema(given) ? (typeof given.$ref === 'string' ? named(given.$ref) : given) : {}
    const inner = `${indent}  `
    if (depth > DEEPEST) return '{ }'
    if (schema.type === 'array' || schema.items !== undefined)
      return `[\n${inner}#foreach($elem in ${path})\n${inner}${written(schema.items, '$elem', inner, depth + 1)}#if($foreach.hasNext),#end\n${inner}#end\n${indent}]`
    if (isSchema(schema.properties)) {
      const members = Object.entries(schema.properties).map(
        ([name, one]) => `${inner}${JSON.stringify(name)} : ${written(one, `${path}.${name}`, inner, depth + 1)}`,
      )
      return `{\n${members.join(',\n')}\n${indent}}`
    }
    return SAMPLES[String(schema.type)] ?? '{ }'
  }
  return `#set($inputRoot = $input.path('$'))\n${written(schemaOf(model), '$inputRoot', '', 0)}`
}
