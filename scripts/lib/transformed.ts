import { catalogue } from '../../local/services/catalogue.ts'
import { referencesOf } from '../../local/stack/graph.ts'
import { prepare } from '../../local/stack/prepare.ts'
import { templateFile } from './application.ts'

/** What the transform makes of the template: how many resources, and what is wrong with its outputs. */
export interface Transformed {
  resources: number
  outputFaults: string[]
}

/** What a deployment as the stack `local` knows before anything is there. */
export const PSEUDO = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::StackId': 'arn:aws:cloudformation:us-east-1:123456789012:stack/local/0',
  'AWS::StackName': 'local',
  'AWS::URLSuffix': 'amazonaws.com',
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
  const { resources, outputs, source, conditions } = prepared(text, 'all').template
  // Conditions say which chapters a resource comes with; the outputs of a chapter may name no other resources.
  const chapters = Object.keys(conditions).flatMap((name) => /^Chapter(\d\d)$/.exec(name)?.[1] ?? [])
  const missing = chapters.flatMap((chapter) => {
    const { condition } = prepared(text, chapter).scope
    const isThere = (entry: { Condition?: string } | undefined) => !entry?.Condition || condition(entry.Condition)
    return Object.entries(outputs).flatMap(([key, output]) =>
      referencesOf(output.Value, source)
        .filter(({ name }) => isThere(output) && !isThere(resources[name]))
        .map(({ name }) => `Output ${key} is there in chapter ${chapter}, but ${name} is not`),
    )
  })
  return { resources: Object.keys(resources).length, outputFaults: [...new Set(missing)] }
}
