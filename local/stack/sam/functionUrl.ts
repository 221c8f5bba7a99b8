import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import type { Invoked } from './events/types.ts'
import { given, inherited, isIntrinsic, type SamResource } from './types.ts'

const isList = Array.isArray
const isBoolean = (value: unknown) => typeof value === 'boolean'
const isInteger = (value: unknown) => Number.isInteger(value)

/** The members of Cors and the name of their type in SAM's words. */
const CORS: Record<string, [type: string, fits: (value: unknown) => boolean] | undefined> = {
  AllowOrigins: ['list', isList],
  AllowMethods: ['list', isList],
  AllowCredentials: ['bool', isBoolean],
  AllowHeaders: ['list', isList],
  ExposeHeaders: ['list', isList],
  MaxAge: ['int', isInteger],
}

const checkCors = (cors: unknown, { refuse }: SamResource) => {
  if (!cors || isIntrinsic(cors)) return
  if (!isDict(cors)) throw refuse("Property 'FunctionUrlConfig.Cors' should be a map.")
  for (const [name, value] of Object.entries(cors)) {
    const [type, fits] = CORS[name] ?? []
    if (!type || !fits) throw refuse(`${name} is not a valid property for configuring Cors.`, [cors, name])
    if (!isIntrinsic(value) && !fits(value)) throw refuse(`${name} must be of type ${type}.`, [cors, name])
  }
}

/** The URL of a function, and with the AuthType NONE the permissions for everybody to use it. */
export const functionUrl = (resource: SamResource, { name, arn }: Invoked, isAlias: boolean) => {
  const { id, entry, properties, refuse } = resource
  const config = properties.FunctionUrlConfig
  if (config === undefined || config === null) return {}
  if (!isDict(config)) throw refuse("'FunctionUrlConfig' should be a map.", [properties, 'FunctionUrlConfig'])
  const { AuthType, Cors, InvokeMode, ...rest } = config
  const [unknown] = Object.keys(rest)
  if (unknown) throw refuse(`FunctionUrlConfig has no property ${unknown}.`, [config, unknown])
  if (!isIntrinsic(AuthType) && AuthType !== 'AWS_IAM' && AuthType !== 'NONE')
    throw refuse(
      'AuthType is required to configure function property `FunctionUrlConfig`. Please provide either AWS_IAM or NONE.',
      config,
    )
  checkCors(Cors, resource)
  const target = isAlias ? arn : name
  const made = (Type: string, Properties: Dict): ResourceEntry => ({ Type, ...inherited(entry), Properties })
  const permission = (Action: string, more: Dict) =>
    made('AWS::Lambda::Permission', { Action, FunctionName: target, Principal: '*', ...more })
  return {
    [`${id}Url`]: made('AWS::Lambda::Url', given({ Cors, AuthType, TargetFunctionArn: target, InvokeMode })),
    ...(AuthType === 'NONE'
      ? {
          [`${id}UrlPublicPermissions`]: permission('lambda:InvokeFunctionUrl', { FunctionUrlAuthType: AuthType }),
          [`${id}URLInvokeAllowPublicAccess`]: permission('lambda:InvokeFunction', { InvokedViaFunctionUrl: true }),
        }
      : {}),
  }
}
