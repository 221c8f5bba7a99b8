import { ServiceError } from '../../base/errors.ts'
import type { Created, Resource, ResourceCall, ResourceType } from '../service.ts'
import type { CodeInput } from './code.ts'
import { refuseUnrealised, type Settings } from './configuration.ts'
import { systemTagged } from './tags.ts'
import type { LambdaStore } from './types.ts'

interface Properties {
  FunctionName?: string
  Role?: string
  Runtime?: string
  Handler?: string
  Description?: string
  Timeout?: number | string
  MemorySize?: number | string
  Environment?: { Variables?: Record<string, unknown> }
  Architectures?: string[]
  EphemeralStorage?: { Size: number | string }
  LoggingConfig?: Settings['LoggingConfig']
  DeadLetterConfig?: Settings['DeadLetterConfig']
  TracingConfig?: Settings['TracingConfig']
  PackageType?: Settings['PackageType']
  Layers?: string[]
  ReservedConcurrentExecutions?: number | string
  Tags?: { Key: string; Value: string }[]
  Code?: Omit<CodeInput, 'ZipFile'> & { ZipFile?: string }
  KmsKeyArn?: string
}

const propertiesOf = ({ properties }: Pick<Resource, 'properties'>): Properties => properties
const tagsOf = ({ Tags = [] }: Properties) => Object.fromEntries(Tags.map(({ Key, Value }) => [Key, String(Value)]))

/** CloudFormation gives numbers as text too: where they come from parameters. */
const numberOf = (name: string, value: number | string): number => {
  const number = Number(value)
  if (!Number.isInteger(number))
    throw new ServiceError('ValidationError', `${name} must be a whole number, but is "${value}".`)
  return number
}

/** Every setting of a function as the template has it; what it does not say has Lambda's default. */
const settingsOf = (properties: Properties, name: string): Settings => ({
  Role: properties.Role,
  Runtime: properties.Runtime as Settings['Runtime'],
  Handler: properties.Handler,
  Description: properties.Description ?? '',
  Timeout: numberOf('Timeout', properties.Timeout ?? 3),
  MemorySize: numberOf('MemorySize', properties.MemorySize ?? 128),
  Environment: {
    Variables: Object.fromEntries(
      Object.entries(properties.Environment?.Variables ?? {}).map(([key, value]) => [key, String(value)]),
    ),
  },
  EphemeralStorage: { Size: numberOf('EphemeralStorage.Size', properties.EphemeralStorage?.Size ?? 512) },
  LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}`, ...properties.LoggingConfig },
  DeadLetterConfig: { TargetArn: properties.DeadLetterConfig?.TargetArn ?? '' },
  TracingConfig: properties.TracingConfig,
  PackageType: properties.PackageType,
  Layers: properties.Layers ?? [],
})

/** `Code.ZipFile` of a template is the source of one file, `index.js`. */
const codeOf = async ({ Code = {} }: Properties): Promise<CodeInput> => {
  const { ZipFile, ...code } = Code
  if (ZipFile === undefined) return code
  const { zipSync } = await import('fflate')
  return { ...code, ZipFile: zipSync({ 'index.js': Buffer.from(ZipFile) }) }
}

const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b)

const UNREALISED = ['RecursiveLoop', 'RuntimeManagementConfig', 'FunctionScalingConfig', 'PublishToLatestPublished']
const refuse = ({ properties }: Resource) => {
  const { KmsKeyArn, ...rest } = propertiesOf({ properties })
  refuseUnrealised({ ...rest, KMSKeyArn: KmsKeyArn })
  for (const name of UNREALISED)
    if (properties[name] !== undefined)
      throw new ServiceError('ValidationError', `The local cloud does not realise ${name} of AWS::Lambda::Function.`)
}

const created = (name: string, call: ResourceCall<LambdaStore>): Created => ({
  physicalId: name,
  attributes: { Arn: `arn:aws:lambda:${call.region}:${call.account}:function:${name}` },
})

const reserve = async (FunctionName: string, wanted: Properties, call: ResourceCall<LambdaStore>) => {
  const { ReservedConcurrentExecutions: reserved } = wanted
  const lambda = call.cloud('lambda')
  if (reserved === undefined) await lambda.DeleteFunctionConcurrency({ FunctionName })
  else
    await lambda.PutFunctionConcurrency({
      FunctionName,
      ReservedConcurrentExecutions: numberOf('ReservedConcurrentExecutions', reserved),
    })
}

/** `AWS::Lambda::Function`: Ref gives the name, GetAtt Arn. */
export const lambdaFunction: ResourceType<LambdaStore> = {
  properties: [
    'Architectures',
    'CapacityProviderConfig',
    'Code',
    'CodeSigningConfigArn',
    'DeadLetterConfig',
    'Description',
    'DurableConfig',
    'Environment',
    'EphemeralStorage',
    'FileSystemConfigs',
    'FunctionName',
    'FunctionScalingConfig',
    'Handler',
    'ImageConfig',
    'KmsKeyArn',
    'Layers',
    'LoggingConfig',
    'MemorySize',
    'PackageType',
    'PublishToLatestPublished',
    'RecursiveLoop',
    'ReservedConcurrentExecutions',
    'Role',
    'Runtime',
    'RuntimeManagementConfig',
    'SnapStart',
    'Tags',
    'TenancyConfig',
    'Timeout',
    'TracingConfig',
    'VpcConfig',
  ],
  replacedBy: ['FunctionName', 'PackageType', 'TenancyConfig'],
  async create(resource, call) {
    refuse(resource)
    const properties = propertiesOf(resource)
    const name = properties.FunctionName ?? resource.physicalId
    const { Role, ...settings } = settingsOf(properties, name)
    await call.cloud('lambda').CreateFunction({
      ...settings,
      FunctionName: name,
      Role: Role ?? '',
      Code: await codeOf(properties),
      Architectures: properties.Architectures as Settings['Architectures'],
      Tags: tagsOf(properties),
    })
    if (properties.ReservedConcurrentExecutions !== undefined) await reserve(name, properties, call)
    return created(name, call)
  },
  async update(resource, before, call) {
    refuse(resource)
    const FunctionName = before.physicalId
    const [now, then] = [propertiesOf(resource), propertiesOf(before)]
    const lambda = call.cloud('lambda')
    const settings = settingsOf(now, FunctionName)
    if (differ(settings, settingsOf(then, FunctionName)))
      await lambda.UpdateFunctionConfiguration({ FunctionName, ...settings })
    if (differ(now.Code, then.Code) || differ(now.Architectures, then.Architectures))
      await lambda.UpdateFunctionCode({
        FunctionName,
        ...(await codeOf(now)),
        Architectures: (now.Architectures as Settings['Architectures']) ?? ['x86_64'],
      })
    if (differ(now.ReservedConcurrentExecutions, then.ReservedConcurrentExecutions))
      await reserve(FunctionName, now, call)
    const result = created(FunctionName, call)
    const Resource = String(result.attributes?.Arn)
    const [tags, tagsBefore] = [tagsOf(now), tagsOf(then)]
    const TagKeys = Object.keys(tagsBefore).filter((key) => !(key in tags))
    if (TagKeys.length) await lambda.UntagResource({ Resource, TagKeys })
    if (Object.keys(tags).some((key) => tags[key] !== tagsBefore[key]))
      await lambda.TagResource({ Resource, Tags: tags })
    return result
  },
  async delete({ physicalId }, call) {
    try {
      await call.cloud('lambda').DeleteFunction({ FunctionName: physicalId })
    } catch (error) {
      // Somebody has deleted it already: then there is nothing to do.
      if (!(error instanceof ServiceError && error.code === 'ResourceNotFoundException')) throw error
    }
  },
  systemTags: ({ physicalId }, tags, call) =>
    systemTagged(String(created(physicalId, call).attributes?.Arn), tags, call),
}
