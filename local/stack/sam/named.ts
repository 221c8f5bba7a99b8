import { type Dict, isDict } from '../source.ts'
import type { Template } from '../template.ts'

/**
 * A template in which what refers to a part of a SAM resource, `Api.Stage`, refers to what was made of it; so does what
 * refers to a SAM resource that is made under a new logical ID.
 * @param named the logical ID that each such name stands for
 */
export const withNamed = (template: Template, named: ReadonlyMap<string, string>): Template => {
  if (named.size === 0) return template
  const { source } = template
  /** `Api.Stage` or `Layer`, and an attribute after it: the longest part that is a name is replaced. */
  const path = (value: string): string => {
    const parts = value.split('.')
    for (let length = parts.length; length > 0; length--) {
      const found = named.get(parts.slice(0, length).join('.'))
      if (found !== undefined) return [found, ...parts.slice(length)].join('.')
    }
    return value
  }
  const text = (value: string): string => value.replace(/\$\{(\w[\w.]*)\}/g, (_, name: string) => `\${${path(name)}}`)
  const attribute = (value: unknown): unknown => {
    if (typeof value === 'string') return path(value)
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return renamed(value)
    const whole = value.join('.')
    const found = path(whole)
    if (found === whole) return value
    const at = found.indexOf('.')
    return [found.slice(0, at), found.slice(at + 1)]
  }
  const member = (name: string, value: unknown): unknown => {
    if (name === 'Ref' && typeof value === 'string') return named.get(value) ?? value
    if (name === 'Fn::GetAtt') return attribute(value)
    if (name === 'Fn::Sub' && typeof value === 'string') return text(value)
    if (name === 'Fn::Sub' && Array.isArray(value) && typeof value[0] === 'string')
      return [text(value[0]), ...value.slice(1).map(renamed)]
    return renamed(value)
  }
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return source.carry(value, value.map(renamed))
    if (!isDict(value)) return value
    return source.carry(
      value,
      Object.fromEntries(Object.entries(value).map(([name, one]) => [name, member(name, one)])),
    )
  }
  return {
    ...template,
    resources: renamed(template.resources) as Template['resources'],
    outputs: renamed(template.outputs as unknown as Dict) as unknown as Template['outputs'],
  }
}
