import type { ResourceEntry } from '../../template.ts'
import type { SamContext, SamResource } from '../types.ts'
import { apiEvent } from './api.ts'
import { httpApiEvent } from './httpApi.ts'
import { selfManagedKafka } from './kafka.ts'
import { documentDbEvent, dynamoDbEvent, kinesisEvent, mqEvent, mskEvent, sqsEvent } from './polls.ts'
import { alexaSkill, cloudWatchLogs, cognitoEvent, iotRule } from './push.ts'
import { eventsOf, readEvent } from './reading.ts'
import { eventBridgeRule, scheduleEvent } from './rules.ts'
import { s3Event } from './s3.ts'
import { scheduleV2 } from './scheduleV2.ts'
import { snsEvent } from './sns.ts'
import type { EventType, Invoked } from './types.ts'

/** The types of events of a function. A new one is a new file and a line here. */
const TYPES: Record<string, EventType | undefined> = {
  S3: s3Event,
  Schedule: scheduleEvent,
  ScheduleV2: scheduleV2,
  EventBridgeRule: eventBridgeRule,
  CloudWatchEvent: eventBridgeRule,
  SNS: snsEvent,
  SQS: sqsEvent,
  Kinesis: kinesisEvent,
  DynamoDB: dynamoDbEvent,
  MSK: mskEvent,
  MQ: mqEvent,
  SelfManagedKafka: selfManagedKafka,
  DocumentDB: documentDbEvent,
  CloudWatchLogs: cloudWatchLogs,
  IoTRule: iotRule,
  AlexaSkill: alexaSkill,
  Cognito: cognitoEvent,
  Api: apiEvent,
  HttpApi: httpApiEvent,
}

/** What the events of a function invoke, and the role that is made for it, which polled events add to. */
export interface Target {
  invoked: Invoked
  role: ResourceEntry
}

/** The resources that a function's events become; changes those of the template that they hang on. */
export const eventResources = (
  resource: SamResource,
  context: SamContext,
  target: Target,
): Record<string, ResourceEntry> => {
  const events = eventsOf(resource)
  const resources: Record<string, ResourceEntry> = {}
  // The official transform takes them by name, which decides the order of a bucket's notifications.
  for (const name of Object.keys(events).sort()) {
    const { type, event } = readEvent(name, events, resource, TYPES, (one) => `there is no event type ${one}.`)
    Object.assign(resources, type.transform({ ...event, ...target }, resource, context))
  }
  return resources
}
