import { join } from 'node:path'
import { type Document, isMap, parseDocument, type YAMLMap } from 'yaml'
import { catalogue } from '../../../local/services/catalogue.ts'
import { prepare } from '../../../local/stack/prepare.ts'
import { root, templateFile } from '../application.ts'
import { PSEUDO } from '../transformed.ts'

/**
 * Names the folders of layers absolutely: nothing builds them, so SAM takes them from where the template lies, and not from
 * `--base-dir`. For templates that are written somewhere else.
 */
export const nameLayers = (document: Document): void => {
  const resources = document.get('Resources') as YAMLMap | undefined
  for (const { value } of resources?.items ?? []) {
    const uri = isMap(value) && value.getIn(['Properties', 'ContentUri'])
    if (isMap(value) && typeof uri === 'string') value.setIn(['Properties', 'ContentUri'], join(root, uri))
  }
}

/**
 * The template without the resources and outputs that no deployment of a chapter has: SAM builds and uploads every
 * function of a template, whatever its condition.
 * @param chapter `05`
 * @throws Mistake when the template is broken, or does not have the chapter
 */
export const templateOfChapter = (text: string, chapter: string): string => {
  const { scope } = prepare({
    text,
    file: templateFile,
    given: { Chapter: chapter },
    pseudo: PSEUDO,
    typeOf: (name) => catalogue.find(({ resources }) => resources?.[name])?.resources?.[name],
  })
  const document = parseDocument(text, { logLevel: 'silent' })
  for (const section of ['Resources', 'Outputs']) {
    const entries = document.get(section) as YAMLMap | undefined
    for (const { key, value } of [...(entries?.items ?? [])]) {
      const condition = isMap(value) ? value.get('Condition') : undefined
      if (condition !== undefined && scope.condition(String(condition)) === false) entries?.delete(key)
    }
  }
  nameLayers(document)
  return String(document)
}
