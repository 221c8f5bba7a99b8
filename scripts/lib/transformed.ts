import { Mistake } from '../../local/base/errors.ts'
import { catalogue } from '../../local/services/catalogue.ts'
import { prepare } from '../../local/stack/prepare.ts'
import { templateFile } from './application.ts'
import { PSEUDO } from './pseudo.ts'

/** What the transform makes of the template: how many resources, and which chapters lack some of them. */
export interface Transformed {
  resources: number
  /** Chapters that cannot be deployed alone, and why. */
  faults: string[]
}

const prepared = (text: string, Chapter: string) =>
  prepare({
    text,
    file: templateFile,
    given: { Chapter },
    pseudo: PSEUDO,
    typeOf: (name) => catalogue.find(({ resources }) => resources?.[name])?.resources?.[name],
  })

/** Transforms the template as a deployment of all chapters would, and as that of each. @throws Mistake when it is broken. */
export const transformed = (text: string): Transformed => {
  const { resources, conditions } = prepared(text, 'all').template
  // Conditions say which chapters a resource comes with; what a chapter has may name no others.
  const chapters = Object.keys(conditions).flatMap((name) => /^Chapter(\d\d)$/.exec(name)?.[1] ?? [])
  const faults = chapters.flatMap((chapter) => {
    try {
      prepared(text, chapter)
      return []
    } catch (error) {
      if (error instanceof Mistake) return [`chapter ${chapter} alone: ${error.message}`]
      throw error
    }
  })
  return { resources: Object.keys(resources).length, faults }
}
