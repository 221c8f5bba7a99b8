import { Mistake } from '../base/errors.ts'
import { isDict } from './source.ts'
import { SAM, type Template } from './template.ts'

const S3_URI = /^s3:\/\/[^/?]+\/[^?]+/

/** Runs the transform of SAM; for a template that came over the wire a refusal reads as CloudFormation's. */
export const asSam = <T>({ source }: Template, transform: () => T): T => {
  try {
    return transform()
  } catch (error) {
    if (source.name || !(error instanceof Mistake)) throw error
    throw new Mistake(
      `Transform ${SAM} failed with: Invalid Serverless Application Specification document. Number of errors found: 1. ${error.message}`,
    )
  }
}

/**
 * A template that came over the wire names no code of this machine: `sam deploy` and `aws cloudformation package` have put
 * a bucket and a key in its place.
 * @throws Mistake in the words of SAM's transform or of the type.
 */
export const refuseLocalCode = (template: Template): void => {
  for (const [id, { Type, Properties }] of Object.entries(template.resources)) {
    if (Type === 'AWS::Lambda::Function' && typeof Properties?.Code === 'string')
      throw new Mistake(
        `Properties validation failed for resource ${id} with message: [#/Code: expected type: JSONObject, found: String]`,
      )
    const property = LOCATIONS[Type]
    const uri = property && locationOf(property, Type, template, Properties)
    if (typeof uri === 'string' && !S3_URI.test(uri))
      asSam(template, () => {
        throw new Mistake(
          `Resource with id [${id}] is invalid. '${property}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.`,
        )
      })
  }
}

/** Where SAM's types say that something lies. */
const LOCATIONS: Record<string, string | undefined> = {
  'AWS::Serverless::Function': 'CodeUri',
  'AWS::Serverless::LayerVersion': 'ContentUri',
  'AWS::Serverless::Api': 'DefinitionUri',
  'AWS::Serverless::HttpApi': 'DefinitionUri',
  'AWS::Serverless::StateMachine': 'DefinitionUri',
}

const locationOf = (property: string, type: string, { globals }: Template, given: unknown): unknown => {
  const properties = isDict(given) ? given : {}
  if (property === 'CodeUri' && properties.InlineCode !== undefined) return undefined
  const shared = globals[type.split('::').at(-1) as string]
  return properties[property] ?? (isDict(shared) ? shared[property] : undefined)
}
