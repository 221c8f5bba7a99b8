import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { eventsOf, readEvent } from './events/reading.ts'
import { deadLettersOf, queuePolicy, targetId } from './events/rules.ts'
import { scheduleOf, scheduleV2, statement } from './events/scheduleV2.ts'
import type { SamEvent } from './events/types.ts'
import { API_PROPERTIES, integrateStateMachine } from './stateMachineApi.ts'
import { getAtt, given, inherited, type SamContext, type SamResource, trustIn } from './types.ts'

type Event = Pick<SamEvent, 'name' | 'properties' | 'refuse'>

/** How one type of event starts a state machine. */
interface Starting {
  properties: readonly string[]
  required: readonly string[]
  transform(event: Event, resource: SamResource, arn: Dict, context: SamContext): Record<string, ResourceEntry>
}

const startPolicy = (arn: Dict) => (id: string) => ({
  PolicyName: `${id}StartExecutionPolicy`,
  PolicyDocument: statement('states:StartExecution', arn),
})

/** The role by which a service, EventBridge as a rule, starts the state machine. */
const roleFor = (
  roleId: string,
  { entry, properties }: SamResource,
  arn: Dict,
  service = 'events.amazonaws.com',
): ResourceEntry => ({
  Type: 'AWS::IAM::Role',
  ...inherited(entry),
  Properties: given({
    AssumeRolePolicyDocument: trustIn(service),
    Policies: [startPolicy(arn)(roleId)],
    PermissionsBoundary: properties.PermissionsBoundary || undefined,
  }),
})

const ruleOf = (event: Event, resource: SamResource, arn: Dict, rule: Dict, passed: Dict) => {
  const { name, properties, refuse } = event
  const id = `${resource.id}${name}`
  const roleId = `${id}Role`
  const { State, Enabled, Target, RoleArn, RetryPolicy } = properties
  if (State && Enabled !== undefined && Enabled !== null)
    throw refuse('State and Enabled Properties cannot both be specified.')
  const switched = Enabled === undefined || Enabled === null ? State || undefined : Enabled ? 'ENABLED' : 'DISABLED'
  const dead = deadLettersOf(id, event, resource, (queueId) => queuePolicy(id, queueId, resource))
  return {
    [id]: {
      Type: 'AWS::Events::Rule',
      ...inherited(resource.entry),
      Properties: given({
        ...rule,
        State: switched,
        Targets: [
          given({
            Arn: arn,
            Id: isDict(Target) && 'Id' in Target ? Target.Id : targetId(id, 'StepFunctionsTarget'),
            RoleArn: RoleArn ?? getAtt(roleId, 'Arn'),
            ...passed,
            DeadLetterConfig: dead && { Arn: dead.arn },
            RetryPolicy,
          }),
        ],
      }),
    },
    ...dead?.resources,
    ...(RoleArn === undefined || RoleArn === null ? { [roleId]: roleFor(roleId, resource, arn) } : {}),
  }
}

const schedule: Starting = {
  properties: [
    'Schedule',
    'Input',
    'Enabled',
    'State',
    'Name',
    'Description',
    'DeadLetterConfig',
    'RetryPolicy',
    'Target',
    'RoleArn',
  ],
  required: ['Schedule'],
  transform(event, resource, arn) {
    const { Schedule, Name, Description, Input } = event.properties
    return ruleOf(event, resource, arn, { ScheduleExpression: Schedule, Name, Description }, { Input })
  },
}

const rule: Starting = {
  properties: [
    'EventBusName',
    'RuleName',
    'Pattern',
    'Input',
    'InputPath',
    'DeadLetterConfig',
    'RetryPolicy',
    'State',
    'Target',
    'InputTransformer',
  ],
  required: [],
  transform(event, resource, arn) {
    const { EventBusName, Pattern, RuleName, Input, InputPath, InputTransformer } = event.properties
    const what = { EventBusName, EventPattern: Pattern, Name: RuleName }
    return ruleOf(event, resource, arn, what, { Input, InputPath, InputTransformer })
  },
}

const api: Starting = {
  properties: API_PROPERTIES,
  required: ['Path', 'Method'],
  transform(event, resource, arn, context) {
    const roleId = `${resource.id}${event.name}Role`
    integrateStateMachine(event, resource, { arn, role: getAtt(roleId, 'Arn') }, context)
    return { [roleId]: roleFor(roleId, resource, arn, 'apigateway.amazonaws.com') }
  },
}

const TYPES: Record<string, Starting | undefined> = {
  Api: api,
  Schedule: schedule,
  CloudWatchEvent: rule,
  EventBridgeRule: rule,
  ScheduleV2: {
    properties: scheduleV2.properties,
    required: scheduleV2.required,
    transform: (event, resource, arn) => scheduleOf(event, resource, { arn, policy: startPolicy(arn) }),
  },
}

/** The resources that a state machine's events become. */
export const stateMachineEvents = (
  resource: SamResource,
  arn: Dict,
  context: SamContext,
): Record<string, ResourceEntry> => {
  const events = eventsOf(resource)
  const none = (type: string) => `a state machine has no event type ${type}.`
  const resources: Record<string, ResourceEntry> = {}
  for (const name of Object.keys(events)) {
    const { type, event } = readEvent(name, events, resource, TYPES, none)
    Object.assign(resources, type.transform(event, resource, arn, context))
  }
  return resources
}
