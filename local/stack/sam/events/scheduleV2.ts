import type { Dict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { getAtt, given, inherited, type SamResource, trustIn } from '../types.ts'
import { deadLettersOf } from './rules.ts'
import type { EventType, SamEvent } from './types.ts'

/** The official transform gives these policies no version. */
export const statement = (Action: string, Resource: unknown) => ({
  Statement: [{ Action, Effect: 'Allow', Resource }],
})

/** What a schedule starts, and the inline policy that lets it, by the schedule's logical ID. */
export interface Started {
  arn: Dict
  policy(id: string): Dict
}

const PROPERTIES = [
  'PermissionsBoundary',
  'ScheduleExpression',
  'FlexibleTimeWindow',
  'Name',
  'State',
  'Description',
  'StartDate',
  'EndDate',
  'ScheduleExpressionTimezone',
  'GroupName',
  'KmsKeyArn',
  'Input',
  'RoleArn',
  'DeadLetterConfig',
  'RetryPolicy',
  'OmitName',
]

/** A schedule of the Scheduler with its role, unless one is given, and its queue for what could not be delivered. */
export const scheduleOf = (
  { name, properties, refuse }: Pick<SamEvent, 'name' | 'properties' | 'refuse'>,
  resource: SamResource,
  started: Started,
): Record<string, ResourceEntry> => {
  const id = `${resource.id}${name}`
  const roleId = `${id}Role`
  if (properties.OmitName && properties.Name) throw refuse('Name cannot be set when OmitName is True')
  const dead = deadLettersOf(id, { properties, refuse }, resource)
  const queue = dead ? [{ PolicyName: `${id}SQSPolicy`, PolicyDocument: statement('sqs:SendMessage', dead.arn) }] : []
  const role: ResourceEntry = {
    Type: 'AWS::IAM::Role',
    ...inherited(resource.entry),
    Properties: given({
      AssumeRolePolicyDocument: trustIn('scheduler.amazonaws.com'),
      Policies: [started.policy(id), ...queue],
      PermissionsBoundary: properties.PermissionsBoundary || undefined,
    }),
  }
  return {
    [id]: {
      Type: 'AWS::Scheduler::Schedule',
      ...inherited(resource.entry),
      Properties: given({
        ScheduleExpression: properties.ScheduleExpression,
        State: properties.State || undefined,
        Name: properties.OmitName ? undefined : properties.Name || id,
        Description: properties.Description,
        FlexibleTimeWindow: properties.FlexibleTimeWindow || { Mode: 'OFF' },
        StartDate: properties.StartDate,
        EndDate: properties.EndDate,
        ScheduleExpressionTimezone: properties.ScheduleExpressionTimezone,
        GroupName: properties.GroupName,
        KmsKeyArn: properties.KmsKeyArn,
        Target: given({
          Arn: started.arn,
          RoleArn: properties.RoleArn || getAtt(roleId, 'Arn'),
          Input: properties.Input,
          DeadLetterConfig: dead && { Arn: dead.arn },
          RetryPolicy: properties.RetryPolicy,
        }),
      }),
    },
    ...dead?.resources,
    ...(properties.RoleArn ? {} : { [roleId]: role }),
  }
}

export const scheduleV2: EventType = {
  properties: PROPERTIES,
  required: ['ScheduleExpression'],
  transform: (event, resource) =>
    scheduleOf(event, resource, {
      arn: event.invoked.arn,
      policy: (id) => ({
        PolicyName: `${id}LambdaPolicy`,
        PolicyDocument: statement('lambda:InvokeFunction', event.invoked.arn),
      }),
    }),
}
