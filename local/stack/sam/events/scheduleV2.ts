import type { ResourceEntry } from '../../template.ts'
import { getAtt, given, inherited } from '../types.ts'
import { deadLettersOf } from './rules.ts'
import type { EventType } from './types.ts'

/** The official transform gives these policies no version. */
const statement = (Action: string, Resource: unknown) => ({
  Statement: [{ Action, Effect: 'Allow', Resource }],
})

/** A schedule of the Scheduler that invokes the function, by a role of its own unless one is given. */
export const scheduleV2: EventType = {
  properties: [
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
  ],
  required: ['ScheduleExpression'],
  transform(event, resource) {
    const { properties, refuse } = event
    const id = `${resource.id}${event.name}`
    const roleId = `${id}Role`
    if (properties.OmitName && properties.Name) throw refuse('Name cannot be set when OmitName is True')
    const dead = deadLettersOf(id, event, resource)
    const functionArn = event.invoked.arn
    const policies = [
      { PolicyName: `${id}LambdaPolicy`, PolicyDocument: statement('lambda:InvokeFunction', functionArn) },
      ...(dead ? [{ PolicyName: `${id}SQSPolicy`, PolicyDocument: statement('sqs:SendMessage', dead.arn) }] : []),
    ]
    const role: ResourceEntry = {
      Type: 'AWS::IAM::Role',
      ...inherited(resource.entry),
      Properties: given({
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: ['scheduler.amazonaws.com'] } },
          ],
        },
        Policies: policies,
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
            Arn: functionArn,
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
  },
}
