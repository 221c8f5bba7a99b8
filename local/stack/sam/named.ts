import { type Dict, isDict } from '../source.ts'
import type { Template } from '../template.ts'

/** A template in which what refers to `Api.Stage` refers to the stage that was made of it. */
export const withNamed = (template: Template, named: ReadonlyMap<string, string>): Template => {
  if (named.size === 0) return template
  const { source } = template
  const text = (value: string): string =>
    value.replace(/\$\{([\w]+\.[\w]+)\}/g, (whole, name) => (named.has(name) ? `\${${named.get(name)}}` : whole))
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return source.carry(value, value.map(renamed))
    if (!isDict(value)) return value
    const members = Object.entries(value).map(([name, one]): [string, unknown] => {
      if (name === 'Ref' && typeof one === 'string') return [name, named.get(one) ?? one]
      if (name === 'Fn::Sub' && typeof one === 'string') return [name, text(one)]
      if (name === 'Fn::Sub' && Array.isArray(one) && typeof one[0] === 'string')
        return [name, [text(one[0]), ...one.slice(1).map(renamed)]]
      return [name, renamed(one)]
    })
    return source.carry(value, Object.fromEntries(members))
  }
  return {
    ...template,
    resources: renamed(template.resources) as Template['resources'],
    outputs: renamed(template.outputs as unknown as Dict) as unknown as Template['outputs'],
  }
}
