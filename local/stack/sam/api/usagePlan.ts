import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { given, inherited, ref, type SamContext, type SamResource } from '../types.ts'
import { authOf } from './auth.ts'

const MEMBERS = ['CreateUsagePlan', 'Description', 'Quota', 'Tags', 'Throttle', 'UsagePlanName']
const KINDS = ['SHARED', 'PER_API', 'NONE']
export const SHARED = { plan: 'ServerlessUsagePlan', key: 'ServerlessApiKey', both: 'ServerlessUsagePlanKey' }

/** The usage plan of an API, or of all that share one, with a key. */
export const usagePlanOf = (
  resource: SamResource,
  stageId: string,
  context: SamContext,
): Record<string, ResourceEntry> => {
  const { id, entry, refuse } = resource
  const { UsagePlan: plan } = authOf(resource, context)
  if (plan === undefined || plan === null) return {}
  if (!isDict(plan)) throw refuse("'UsagePlan' must be a dictionary")
  for (const name of Object.keys(plan))
    if (!MEMBERS.includes(name)) throw refuse("Invalid property for 'UsagePlan'", [plan, name])
  const kind = plan.CreateUsagePlan
  if (kind === undefined || kind === null) throw refuse("'CreateUsagePlan' is a required field for UsagePlan.", plan)
  if (!KINDS.includes(String(kind))) throw refuse(`'CreateUsagePlan' accepts one of [${KINDS.join(', ')}].`, plan)
  if (kind === 'NONE') return {}
  const shared = kind === 'SHARED'
  const ids = shared ? SHARED : { plan: `${id}UsagePlan`, key: `${id}ApiKey`, both: `${id}UsagePlanKey` }
  for (const [name, made] of [
    ['UsagePlan', ids.plan],
    ['ApiKey', ids.key],
    ['UsagePlanKey', ids.both],
  ] as const)
    context.named.set(`${id}.${name}`, made)
  const before = shared ? context.resources : {}
  const earlier = (resourceId: string, name: string): unknown[] => {
    const value = before[resourceId]?.Properties?.[name]
    return Array.isArray(value) ? value : []
  }
  const attributes = shared ? sharedAttributes(before[ids.plan], entry, context) : inherited(entry)
  const depends = shared ? [...new Set([...[before[ids.plan]?.DependsOn ?? []].flat(), id])] : [id]
  const made: Record<string, ResourceEntry> = {
    [ids.plan]: {
      Type: 'AWS::ApiGateway::UsagePlan',
      ...attributes,
      DependsOn: depends,
      Properties: {
        ...(shared ? before[ids.plan]?.Properties : {}),
        ApiStages: [...earlier(ids.plan, 'ApiStages'), { ApiId: ref(id), Stage: ref(stageId) }],
        ...given(Object.fromEntries(MEMBERS.slice(1).map((name) => [name, plan[name] || undefined]))),
      },
    },
    [ids.key]: {
      Type: 'AWS::ApiGateway::ApiKey',
      ...attributes,
      DependsOn: [ids.plan],
      Properties: {
        Enabled: true,
        StageKeys: [...earlier(ids.key, 'StageKeys'), { RestApiId: ref(id), StageName: ref(stageId) }],
      },
    },
    [ids.both]: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      ...attributes,
      DependsOn: [ids.key],
      Properties: { KeyId: ref(ids.key), KeyType: 'API_KEY', UsagePlanId: ref(ids.plan) },
    },
  }
  if (!shared) return made
  // The official translator lets what is shared be made anew by each API: the last one has all.
  Object.assign(context.resources, made)
  return {}
}

const sharedAttributes = (
  before: ResourceEntry | undefined,
  entry: ResourceEntry,
  { conditions }: SamContext,
): Partial<ResourceEntry> => {
  const own = inherited(entry)
  if (!before) return own
  const retained = (name: 'DeletionPolicy' | 'UpdateReplacePolicy') => {
    const values = [before[name], own[name]].filter(Boolean)
    const strongest = ['Retain', 'Snapshot', 'Delete'].find((one) => values.includes(one))
    return strongest === undefined ? {} : { [name]: strongest }
  }
  return {
    ...retained('DeletionPolicy'),
    ...retained('UpdateReplacePolicy'),
    ...eitherCondition(before.Condition, own.Condition, conditions),
  }
}

const NAME = 'SharedUsagePlanCondition'

/** What is shared is there when one of those that share it is. */
const eitherCondition = (
  before: string | undefined,
  own: string | undefined,
  conditions: Dict,
): { Condition?: string } => {
  if (!before || !own) return {}
  if (before === own) return { Condition: own }
  const known = conditions[NAME]
  const list = isDict(known) && before === NAME ? (known['Fn::Or'] as Dict[]) : [{ Condition: before }]
  if (!list.some(({ Condition }) => Condition === own))
    conditions[NAME] = {
      'Fn::Or': [...list, { Condition: own }].sort((a, b) => (String(a.Condition) < String(b.Condition) ? -1 : 1)),
    }
  return { Condition: NAME }
}
