import { isDict } from '../source.ts'
import { attributesOf, given, type SamType, tagList } from './types.ts'

/** AWS::Serverless::Application: a nested stack. */
export const application: SamType = {
  properties: ['Location', 'TemplateUrl', 'Parameters', 'NotificationARNs', 'Tags', 'TimeoutInMinutes'],
  transform({ id, entry, properties, refuse }) {
    const { Location: location, Parameters, NotificationARNs, Tags: tags, TimeoutInMinutes } = properties
    const { Metadata: _, ...attributes } = attributesOf(entry)
    if (location === undefined) throw refuse("Missing required property 'Location'.")
    if (typeof location !== 'string' && !isDict(location))
      throw refuse("'Location' must be a path or URL of a template, or an application of the repository.", [
        properties,
        'Location',
      ])
    const repository = isDict(location)
      ? given({
          'serverlessrepo:applicationId': location.ApplicationId,
          'serverlessrepo:semanticVersion': location.SemanticVersion,
        })
      : {}
    return {
      [id]: {
        ...attributes,
        Type: 'AWS::CloudFormation::Stack',
        Properties: given({
          TemplateURL: typeof location === 'string' ? location : (properties.TemplateUrl ?? ''),
          Parameters,
          NotificationARNs,
          Tags: tagList({ 'lambda:createdBy': 'SAM', ...repository, ...(isDict(tags) ? tags : {}) }),
          TimeoutInMinutes,
        }),
      },
    }
  },
}
