import { type Dict, isDict } from '../../source.ts'
import { getAtt, given, inherited, ref } from '../types.ts'
import { type EventType, permission } from './types.ts'

/** Lines of a log group that fit a pattern invoke the function. */
export const cloudWatchLogs: EventType = {
  properties: ['LogGroupName', 'FilterPattern'],
  required: ['LogGroupName', 'FilterPattern'],
  transform(event, resource, { partition }) {
    const id = `${resource.id}${event.name}`
    const { LogGroupName, FilterPattern } = event.properties
    const SourceArn = {
      'Fn::Sub': [
        `arn:${partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${__LogGroupName__}:*`,
        { __LogGroupName__: LogGroupName },
      ],
    }
    return {
      [`${id}Permission`]: permission(event, resource, 'logs.amazonaws.com', { SourceArn }),
      [id]: {
        Type: 'AWS::Logs::SubscriptionFilter',
        DependsOn: [`${id}Permission`],
        ...inherited(resource.entry),
        Properties: { LogGroupName, FilterPattern, DestinationArn: event.invoked.arn },
      },
    }
  },
}

/** Messages of devices that fit a query invoke the function. */
export const iotRule: EventType = {
  properties: ['Sql', 'AwsIotSqlVersion'],
  required: ['Sql'],
  transform(event, resource, { partition }) {
    const id = `${resource.id}${event.name}`
    const { Sql, AwsIotSqlVersion } = event.properties
    const SourceArn = {
      'Fn::Sub': [`arn:${partition}:iot:\${AWS::Region}:\${AWS::AccountId}:rule/\${RuleName}`, { RuleName: ref(id) }],
    }
    const SourceAccount = { 'Fn::Sub': `\${AWS::AccountId}` }
    return {
      [`${id}Permission`]: permission(event, resource, 'iot.amazonaws.com', { SourceArn, SourceAccount }),
      [id]: {
        Type: 'AWS::IoT::TopicRule',
        ...inherited(resource.entry),
        Properties: {
          TopicRulePayload: given({
            Sql,
            RuleDisabled: false,
            Actions: [{ Lambda: { FunctionArn: event.invoked.arn } }],
            AwsIotSqlVersion: AwsIotSqlVersion || undefined,
          }),
        },
      },
    }
  },
}

/** An Alexa skill invokes the function. */
export const alexaSkill: EventType = {
  properties: ['SkillId'],
  required: [],
  transform: (event, resource) => ({
    [`${resource.id}${event.name}Permission`]: permission(event, resource, 'alexa-appkit.amazon.com', {
      EventSourceToken: event.properties.SkillId,
    }),
  }),
}

/** A user pool invokes the function at some steps of a user's way. */
export const cognitoEvent: EventType = {
  properties: ['UserPool', 'Trigger'],
  required: ['UserPool', 'Trigger'],
  transform(event, resource, { resources, source }) {
    const { UserPool, Trigger } = event.properties
    const id = isDict(UserPool) ? UserPool.Ref : undefined
    const pool = typeof id === 'string' ? resources[id] : undefined
    if (typeof id !== 'string' || !pool)
      throw event.refuse('Cognito events must reference a Cognito UserPool in the same template.', [
        event.properties,
        'UserPool',
      ])
    const properties = pool.Properties ?? {}
    const config = properties.LambdaConfig ?? {}
    if (!isDict(config)) throw event.refuse("'LambdaConfig' should be a map.", [properties, 'LambdaConfig'])
    const triggers: Dict = {}
    for (const trigger of [Trigger].flat() as string[]) {
      if (trigger in config || trigger in triggers)
        throw event.refuse(`Cognito trigger "${String(Trigger)}" defined multiple times.`, [
          event.properties,
          'Trigger',
        ])
      triggers[trigger] = event.invoked.arn
    }
    resources[id] = source.carry(pool, {
      ...pool,
      Properties: source.carry(properties, { ...properties, LambdaConfig: { ...config, ...triggers } }),
    })
    return {
      [`${event.invoked.id}CognitoPermission`]: permission(event, resource, 'cognito-idp.amazonaws.com', {
        SourceArn: getAtt(id, 'Arn'),
      }),
    }
  },
}
