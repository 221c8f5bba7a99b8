import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { resolved } from './publish.ts'
import {
  type Deployment,
  getAtt,
  given,
  ifOf,
  isIntrinsic,
  isNoValue,
  ref,
  type SamContext,
  type SamResource,
  tagList,
  trustIn,
} from './types.ts'

const APPLICATION = 'ServerlessDeploymentApplication'
const ROLE = 'CodeDeployServiceRole'
const CONDITION = 'ServerlessCodeDeployCondition'

/** Configurations that CodeDeploy has under a longer name (CodeDeploy user guide, "Deployment configurations"). */
const CONFIGURATIONS = new Set([
  'Canary10Percent5Minutes',
  'Canary10Percent10Minutes',
  'Canary10Percent15Minutes',
  'Canary10Percent30Minutes',
  'Linear10PercentEvery1Minute',
  'Linear10PercentEvery2Minutes',
  'Linear10PercentEvery3Minutes',
  'Linear10PercentEvery10Minutes',
  'AllAtOnce',
])

const isOn = (value: unknown): boolean => value === true || value === 'true' || value === 'True'
const isOff = (value: unknown): boolean => value === false || value === 'false' || value === 'False'

const passesCondition = (value: unknown, { properties, refuse }: SamResource): boolean => {
  if (value === undefined || isOff(value)) return false
  if (isOn(value)) return true
  const spot = [properties, 'DeploymentPreference'] as const
  if (isIntrinsic(value))
    throw refuse(
      'Unsupported intrinsic: the only intrinsic functions supported for property PassthroughCondition are FindInMap and parameter Refs.',
      spot,
    )
  throw refuse('Invalid value for property PassthroughCondition.', spot)
}

/** The deployment that `DeploymentPreference` asks for; undefined where there is none or it is not enabled. */
export const deploymentOf = (resource: SamResource, context: SamContext): Deployment | undefined => {
  const { parameter } = context
  const { id, entry, properties, refuse } = resource
  const preference = properties.DeploymentPreference
  if (preference === undefined || preference === null) return undefined
  const spot = [properties, 'DeploymentPreference'] as const
  if (!isDict(preference)) throw refuse("'DeploymentPreference' should be a map.", spot)
  const known = {
    ...preference,
    Type: resolved(preference.Type, context),
    Enabled: parameter(preference.Enabled ?? true),
  }
  const passes = passesCondition(parameter(preference.PassthroughCondition), resource)
  if (isOff(known.Enabled)) return undefined
  if (known.Type === undefined) throw refuse("'DeploymentPreference' is missing required Property 'Type'", preference)
  if (known.Type && preference.Hooks !== undefined && !isDict(preference.Hooks))
    throw refuse("'Hooks' property of 'DeploymentPreference' must be a dictionary", [preference, 'Hooks'])
  if (!properties.AutoPublishAlias)
    throw refuse("'DeploymentPreference' requires AutoPublishAlias property to be specified.", spot)
  return {
    functionId: id,
    preference: known,
    condition: passes ? entry.Condition : undefined,
    tags: properties.PropagateTags === true && isDict(properties.Tags) ? properties.Tags : undefined,
    refuse,
  }
}

const groupId = (functionId: string): string => `${functionId}DeploymentGroup`

/** The UpdatePolicy of the function's alias: CodeDeploy moves it. */
export const updatePolicyOf = ({ functionId, preference }: Deployment): Dict => {
  const hooks = isDict(preference.Hooks) ? preference.Hooks : {}
  return {
    CodeDeployLambdaAliasUpdate: given({
      ApplicationName: ref(APPLICATION),
      DeploymentGroupName: ref(groupId(functionId)),
      BeforeAllowTrafficHook: hooks.PreTraffic,
      AfterAllowTrafficHook: hooks.PostTraffic,
    }),
  }
}

/** A configuration by CodeDeploy's own name, also within functions. */
const configuration = (value: unknown, within?: string): unknown => {
  if (Array.isArray(value)) return value.map((one) => configuration(one))
  if (isIntrinsic(value))
    return Object.fromEntries(Object.entries(value as Dict).map(([name, one]) => [name, configuration(one, name)]))
  if (typeof value !== 'string' || !CONFIGURATIONS.has(value)) return value
  const named = [`CodeDeployDefault.Lambda\${ConfigName}`, { ConfigName: value }]
  return within === 'Fn::Sub' ? named : { 'Fn::Sub': named }
}

const alarmsOf = ({ preference: { Alarms: alarms }, refuse }: Deployment): unknown => {
  if (!alarms || isNoValue(alarms)) return undefined
  const list = (value: unknown) => {
    if (!Array.isArray(value)) throw refuse('Alarms must be a list', value)
    if (value.length === 0 || isNoValue(value[0])) return {}
    return { Enabled: true, Alarms: value.map((Name) => ({ Name })) }
  }
  const choice = ifOf(alarms, refuse)
  return choice ? { 'Fn::If': [choice[0], list(choice[1]), list(choice[2])] } : list(alarms)
}

const groupOf = (deployment: Deployment): ResourceEntry => {
  const { preference, condition, tags } = deployment
  return {
    Type: 'AWS::CodeDeploy::DeploymentGroup',
    ...(condition ? { Condition: condition } : {}),
    Properties: given({
      AlarmConfiguration: alarmsOf(deployment),
      ApplicationName: ref(APPLICATION),
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
      DeploymentConfigName: configuration(preference.Type),
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ServiceRoleArn: preference.Role || getAtt(ROLE, 'Arn'),
      TriggerConfigurations: preference.TriggerConfigurations || undefined,
      Tags: tags && tagList(tags),
    }),
  }
}

/** The condition of what all deployments share: none, the only one that there is, or a new one of them all. */
const sharedCondition = (all: Deployment[], context: SamContext): string | undefined => {
  const names = [...new Set(all.flatMap(({ condition }) => condition ?? []))]
  if (all.some(({ condition }) => condition === undefined)) return undefined
  if (names.length === 1) return names[0]
  context.conditions[CONDITION] = { 'Fn::Or': names.map((Condition) => ({ Condition })) }
  return CONDITION
}

/** What CodeDeploy needs for all deployments of a template: an application, a role, and a group for each function. */
export const deploymentResources = (context: SamContext): Record<string, ResourceEntry> => {
  const all = context.deployments
  if (all.length === 0) return {}
  const condition = sharedCondition(all, context)
  const tags = Object.assign({}, ...all.map((one) => one.tags ?? {})) as Dict
  const made = (Type: string, properties: Dict): ResourceEntry => ({
    Type,
    ...(condition ? { Condition: condition } : {}),
    Properties: { ...properties, ...(Object.keys(tags).length ? { Tags: tagList(tags) } : {}) },
  })
  const role = made('AWS::IAM::Role', {
    AssumeRolePolicyDocument: trustIn('codedeploy.amazonaws.com'),
    ManagedPolicyArns: [`arn:${context.partition}:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda`],
  })
  return {
    [APPLICATION]: made('AWS::CodeDeploy::Application', { ComputePlatform: 'Lambda' }),
    ...(all.every(({ preference }) => preference.Role) ? {} : { [ROLE]: role }),
    ...Object.fromEntries(all.map((one) => [groupId(one.functionId), groupOf(one)])),
  }
}
