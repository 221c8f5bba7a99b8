import { FromStringShapeDeserializer } from '@smithy/core/protocols'
import type { NormalizedSchema } from '@smithy/core/schema'

interface FormTraits {
  xmlName?: string
  xmlFlattened?: unknown
}
const traitsOf = (schema: NormalizedSchema) => schema.getMergedTraits() as FormTraits
const text = new FromStringShapeDeserializer({ timestampFormat: { useTrait: true, default: 5 } } as never)

/** Reads the query protocol, which flattens structures into `A.member.1.B=…`. */
export const readForm = (schema: NormalizedSchema, form: Map<string, string>, prefix = ''): unknown => {
  const under = (path: string) => [...form.keys()].some((key) => key === path || key.startsWith(`${path}.`))
  const inner = (member: NormalizedSchema, path: string) =>
    readForm(member, form, member.isStructSchema() ? `${path}.` : path)
  if (schema.isStructSchema()) {
    const out: Record<string, unknown> = {}
    for (const [name, member] of schema.structIterator()) {
      const path = prefix + (traitsOf(member).xmlName ?? name)
      if (under(path)) out[name] = inner(member, path)
    }
    return out
  }
  const flat = traitsOf(schema).xmlFlattened
  if (schema.isListSchema()) {
    const item = schema.getValueSchema()
    const base = flat ? prefix : `${prefix}.${traitsOf(item).xmlName ?? 'member'}`
    const out: unknown[] = []
    for (let i = 1; under(`${base}.${i}`); i++) out.push(inner(item, `${base}.${i}`))
    return out
  }
  if (schema.isMapSchema()) {
    const base = flat ? prefix : `${prefix}.entry`
    const key = traitsOf(schema.getKeySchema()).xmlName ?? 'key'
    const value = traitsOf(schema.getValueSchema()).xmlName ?? 'value'
    const out: Record<string, unknown> = {}
    for (let i = 1; under(`${base}.${i}`); i++)
      out[form.get(`${base}.${i}.${key}`) as string] = inner(schema.getValueSchema(), `${base}.${i}.${value}`)
    return out
  }
  return text.read(schema, form.get(prefix) as string)
}
