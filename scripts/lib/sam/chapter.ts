import { join } from 'node:path'
import { resolveConditions } from '../../../local/stack/conditions.ts'
import { resolveParameters } from '../../../local/stack/parameters.ts'
import { createSource, type Dict, isDict } from '../../../local/stack/source.ts'
import { EXTENSIONS, readTemplate, type Template } from '../../../local/stack/template.ts'
import { readYaml } from '../../../local/stack/yaml.ts'
import { root, templateFile } from '../application.ts'
import { PSEUDO } from '../pseudo.ts'

/** Reads a template, and what its text says as plain values, functions in their long form. @throws Mistake */
const read = (text: string): { template: Template; values: Dict } => {
  let values: Dict = {}
  const template = readTemplate(text, createSource(templateFile), (yaml, source) => {
    values = readYaml(yaml, source) as Dict
    return values
  })
  return { template, values }
}

/** Names the folder of a layer absolutely: nothing builds it, so SAM takes it from where the template lies. */
const withPlace = (entry: unknown): unknown => {
  if (!isDict(entry) || !isDict(entry.Properties) || typeof entry.Properties.ContentUri !== 'string') return entry
  return { ...entry, Properties: { ...entry.Properties, ContentUri: join(root, entry.Properties.ContentUri) } }
}

/**
 * A template as SAM reads it fastest: as JSON, which it tries before YAML, and for which it needs no second where YAML
 * takes one and a half. It may stand in another folder than the project's, with `--base-dir`.
 */
const asJson = (values: Dict, keeps: (entry: Dict, id: string) => boolean): string => {
  const section = (name: string, change = (entry: unknown) => entry): Dict => {
    const all = values[name]
    if (!isDict(all)) return {}
    const kept = Object.entries(all).filter(([id, entry]) => !isDict(entry) || keeps(entry, id))
    return { [name]: Object.fromEntries(kept.map(([id, entry]) => [id, change(entry)])) }
  }
  return JSON.stringify({ ...values, ...section('Resources', withPlace), ...section('Outputs') })
}

/** The template with what `keeps` leaves of its resources and outputs. @throws Mistake when it is broken */
export const templateWith = (text: string, keeps: (entry: Dict, id: string) => boolean = () => true): string =>
  asJson(read(text).values, keeps)

/**
 * The template without the resources and outputs that no deployment of a chapter has: SAM builds and uploads every
 * function of a template, whatever its condition.
 * @param chapter `05`
 * @throws Mistake when the template is broken, or does not have the chapter
 */
export const templateOfChapter = (text: string, chapter: string): string => {
  const { template, values } = read(text)
  const { source, mappings, conditions, transforms } = template
  const parameters = resolveParameters(template, { Chapter: chapter })
  const holds = resolveConditions(conditions, {
    source,
    mappings,
    values: { ...PSEUDO, ...parameters.values },
    extensions: transforms.includes(EXTENSIONS),
  })
  return asJson(values, ({ Condition: name }) => typeof name !== 'string' || holds(name) !== false)
}
