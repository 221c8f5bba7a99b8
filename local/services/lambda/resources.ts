import { unlessGone } from '../gone.ts'
import type { Resource, ResourceType } from '../service.ts'
import type { LambdaStore } from './types.ts'

interface PermissionProperties {
  Action: string
  FunctionName: string
  Principal: string
  SourceArn?: string
  SourceAccount?: string
  EventSourceToken?: string
  PrincipalOrgID?: string
  FunctionUrlAuthType?: 'AWS_IAM' | 'NONE'
  InvokedViaFunctionUrl?: boolean | string
}

interface EventInvokeProperties {
  FunctionName: string
  Qualifier: string
  MaximumRetryAttempts?: number | string
  MaximumEventAgeInSeconds?: number | string
  DestinationConfig?: { OnSuccess?: { Destination: string }; OnFailure?: { Destination: string } }
}

const permissionOf = ({ properties }: Resource) => properties as unknown as PermissionProperties

/** `AWS::Lambda::Permission`: a statement of a function's policy; any change makes a new one. */
export const permission: ResourceType<LambdaStore> = {
  properties: [
    'Action',
    'EventSourceToken',
    'FunctionName',
    'FunctionUrlAuthType',
    'InvokedViaFunctionUrl',
    'Principal',
    'PrincipalOrgID',
    'SourceAccount',
    'SourceArn',
  ],
  replacedBy: [
    'Action',
    'EventSourceToken',
    'FunctionName',
    'FunctionUrlAuthType',
    'InvokedViaFunctionUrl',
    'Principal',
    'PrincipalOrgID',
    'SourceAccount',
    'SourceArn',
  ],
  async create(resource, call) {
    const { InvokedViaFunctionUrl: viaUrl, ...given } = permissionOf(resource)
    await call.cloud('lambda').AddPermission({
      ...given,
      StatementId: resource.physicalId,
      InvokedViaFunctionUrl: viaUrl === undefined ? undefined : String(viaUrl) === 'true',
    })
    return { physicalId: resource.physicalId }
  },
  update: async (_, before) => ({ physicalId: before.physicalId }),
  delete: (resource, call) =>
    unlessGone(() =>
      call
        .cloud('lambda')
        .RemovePermission({ FunctionName: permissionOf(resource).FunctionName, StatementId: resource.physicalId }),
    ),
}

const configOf = ({ properties }: Resource) => {
  const {
    MaximumRetryAttempts: attempts,
    MaximumEventAgeInSeconds: age,
    ...rest
  } = properties as unknown as EventInvokeProperties
  return {
    ...rest,
    MaximumRetryAttempts: attempts === undefined ? undefined : Number(attempts),
    MaximumEventAgeInSeconds: age === undefined ? undefined : Number(age),
  }
}

/** `AWS::Lambda::EventInvokeConfig`: how asynchronous events of a function are tried. */
export const eventInvokeConfig: ResourceType<LambdaStore> = {
  properties: ['DestinationConfig', 'FunctionName', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts', 'Qualifier'],
  replacedBy: ['FunctionName', 'Qualifier'],
  async create(resource, call) {
    await call.cloud('lambda').PutFunctionEventInvokeConfig(configOf(resource))
    return { physicalId: resource.physicalId }
  },
  async update(resource, before, call) {
    await call.cloud('lambda').PutFunctionEventInvokeConfig(configOf(resource))
    return { physicalId: before.physicalId }
  },
  delete(resource, call) {
    const { FunctionName, Qualifier } = configOf(resource)
    return unlessGone(() => call.cloud('lambda').DeleteFunctionEventInvokeConfig({ FunctionName, Qualifier }))
  },
}
