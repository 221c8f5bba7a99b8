import type { Settings, Tag } from '../store.ts'
import { invalid } from './errors.ts'

/** What a request gives besides template and parameters; what it leaves out stays as it is. */
export const settingsOf = ({
  Tags,
  Capabilities,
  RoleARN,
  NotificationARNs,
}: {
  Tags?: Tag[] | undefined
  Capabilities?: string[] | undefined
  RoleARN?: string | undefined
  NotificationARNs?: string[] | undefined
}): Settings => {
  if (NotificationARNs?.length) throw invalid('NotificationARNs are not part of the local cloud.')
  return {
    ...(Tags === undefined ? {} : { tags: Tags }),
    ...(Capabilities === undefined ? {} : { capabilities: Capabilities }),
    ...(RoleARN === undefined ? {} : { roleArn: RoleARN }),
  }
}

/** Parameters as the API lists them. */
export const asParameters = (parameters: Record<string, string>) =>
  Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }))
