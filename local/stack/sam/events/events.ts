import { isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import type { SamContext, SamResource } from '../types.ts'
import { apiEvent } from './api.ts'
import { httpApiEvent } from './httpApi.ts'
import { selfManagedKafka } from './kafka.ts'
import { documentDbEvent, dynamoDbEvent, kinesisEvent, mqEvent, mskEvent, sqsEvent } from './polls.ts'
import { alexaSkill, cloudWatchLogs, cognitoEvent, iotRule } from './push.ts'
import { eventBridgeRule, scheduleEvent } from './rules.ts'
import { s3Event } from './s3.ts'
import { scheduleV2 } from './scheduleV2.ts'
import { snsEvent } from './sns.ts'
import type { EventType, Invoked, SamEvent } from './types.ts'

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
  const events = resource.properties.Events ?? {}
  if (!isDict(events)) throw resource.refuse("'Events' should be a map.", [resource.properties, 'Events'])
  const resources: Record<string, ResourceEntry> = {}
  // The official transform takes them by name, which decides the order of a bucket's notifications.
  for (const name of Object.keys(events).sort())
    Object.assign(resources, oneEvent(name, events[name], events, resource, context, target))
  return resources
}

const oneEvent = (
  name: string,
  event: unknown,
  events: object,
  resource: SamResource,
  context: SamContext,
  target: Target,
) => {
  const refuse: SamEvent['refuse'] = (message, ...spots) =>
    resource.refuse(`Event with id [${name}] is invalid. ${message}`, ...spots, [events, name])
  if (!isDict(event) || typeof event.Type !== 'string') throw refuse("It is missing the key 'Type'.")
  const type = TYPES[event.Type]
  if (!type) throw refuse(`there is no event type ${event.Type}.`, [event, 'Type'])
  const properties = event.Properties ?? {}
  if (!isDict(properties)) throw refuse("'Properties' should be a map.", [event, 'Properties'])
  for (const property of Object.keys(properties))
    if (!type.properties.includes(property))
      throw refuse(`property ${property} not defined for resource of type ${event.Type}.`, [properties, property])
  for (const property of type.required)
    if (properties[property] === undefined || properties[property] === null)
      throw refuse(`Missing required property '${property}'.`)
  return type.transform({ name, properties, refuse, ...target }, resource, context)
}
