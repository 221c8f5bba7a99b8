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

/** Transforms the template as a deployment of all chapters would. @throws Mistake when it is broken. */
export const transformed = (text: string): Transformed => {
  const { template } = prepare({
    text,
    file: templateFile,
    given: {},
    pseudo: PSEUDO,
    typeOf: (name) => catalogue.find(({ resources }) => resources?.[name])?.resources?.[name],
  })
  const { resources, outputs, source } = template
  return {
    resources: Object.keys(resources).length,
    outputFaults: Object.entries(outputs).flatMap(([key, output]) =>
      referencesOf(output.Value, source).flatMap(({ name }) => {
        const needed = resources[name]?.Condition
        return needed && output.Condition !== needed ? [`Output ${key} of ${name} needs the condition ${needed}`] : []
      }),
    ),
  }
}
