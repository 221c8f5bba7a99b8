import type { DeploymentConfig } from '@aws-sdk/client-cloudformation'
import type { Operation, Settings, Tag } from '../store.ts'
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

/**
 * What a failure leads to. The mode of a deployment changes nothing: what the local cloud makes is ready at once.
 * @throws ServiceError ValidationError
 */
export const failureOf = ({
  DisableRollback,
  OnFailure,
  RetainExceptOnCreate,
  DeploymentConfig = {},
}: {
  DisableRollback?: boolean | undefined
  OnFailure?: Operation['onFailure'] | undefined
  RetainExceptOnCreate?: boolean | undefined
  DeploymentConfig?: DeploymentConfig | undefined
}): Pick<Operation, 'onFailure' | 'retainExceptOnCreate'> => {
  if (DisableRollback !== undefined && OnFailure !== undefined)
    throw invalid('You may not specify both DisableRollback and OnFailure.')
  const disabled = DisableRollback ?? DeploymentConfig.DisableRollback ?? false
  return {
    onFailure: disabled ? 'DO_NOTHING' : (OnFailure ?? 'ROLLBACK'),
    ...(RetainExceptOnCreate ? { retainExceptOnCreate: true } : {}),
  }
}

/** Parameters as the API lists them. */
export const asParameters = (parameters: Record<string, string>) =>
  Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }))
