import type * as Sdk from '@aws-sdk/client-cloudcontrol'
import { ServiceError } from '../../base/errors.ts'
import { keep, length, pattern } from '../constraints.ts'
import { type Call, service } from '../service.ts'

type Operations = Parameters<typeof service<typeof Sdk, undefined>>[1]
type CloudControlCall = Call<undefined>

const TYPE = /^[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}$/

const URL_TYPE = 'AWS::Lambda::Url'

/** By the type's own handler, as the caller. @throws ServiceError as Cloud Control tells of the handler's failure */
const functionUrl = async (Identifier: string, { cloud }: CloudControlCall): Promise<Record<string, unknown>> => {
  try {
    const { FunctionArn, FunctionUrl, AuthType } = await cloud('lambda').GetFunctionUrlConfig({
      FunctionName: Identifier,
    })
    return { FunctionArn, FunctionUrl, AuthType }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    if (error.code === 'ResourceNotFoundException')
      throw new ServiceError(
        'ResourceNotFoundException',
        `Resource of type '${URL_TYPE}' with identifier '${Identifier}' was not found.`,
      )
    throw new ServiceError(
      error.code === 'AccessDeniedException' ? 'AccessDeniedException' : 'InvalidRequestException',
      error.message,
    )
  }
}

const resources = {
  GetResource: {
    action: () => ['cloudformation:GetResource', '*'],
    async run({ TypeName, Identifier }, call) {
      keep(
        'ValidationException',
        length('typeName', TypeName, 10, 196),
        pattern('typeName', TypeName, TYPE),
        length('identifier', Identifier, 1, 1024),
      )
      if (TypeName !== URL_TYPE)
        throw new ServiceError(
          'UnsupportedActionException',
          `Resource type ${TypeName} does not support READ action in the local cloud: ask its own service.`,
        )
      const Properties = JSON.stringify(await functionUrl(Identifier, call))
      return { TypeName, ResourceDescription: { Identifier, Properties } }
    },
  },
} satisfies Operations

/**
 * AWS Cloud Control API: GetResource of `AWS::Lambda::Url`, which the SAM CLI asks for each function when it lists
 * endpoints. Left out: all other types, and to list, create, change and delete resources.
 */
export const cloudcontrol = service(
  {
    name: 'cloudcontrolapi',
    sdk: () => import('@aws-sdk/client-cloudcontrol'),
    protocol: 'json1.0',
    target: 'CloudApiService',
    denied: 'AccessDeniedException',
    store: () => undefined,
  },
  resources,
)
