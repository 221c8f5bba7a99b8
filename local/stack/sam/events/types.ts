import type { Dict, Spot } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { given, inherited, type SamContext, type SamResource } from '../types.ts'

/** What the events of a function invoke: the function, or the alias that it publishes; by the permission's name and ARN. */
export interface Invoked {
  id: string
  name: Dict
  arn: Dict
}

/** One event of a function. */
export interface SamEvent {
  name: string
  properties: Dict
  invoked: Invoked
  /** The execution role that is made for the function: an event that is polled adds what it needs. */
  role: ResourceEntry
  refuse(message: string, ...spots: Spot[]): Error
}

/** How one type of event becomes resources: what the source is told, and the permission that it needs. */
export interface EventType {
  properties: readonly string[]
  required: readonly string[]
  transform(event: SamEvent, resource: SamResource, context: SamContext): Record<string, ResourceEntry>
}

/** The permission of a service, or of one thing of it, to invoke what the function's events invoke. */
export const permission = (
  { invoked }: SamEvent,
  { entry }: SamResource,
  Principal: string,
  limits: { SourceArn?: unknown; SourceAccount?: unknown; EventSourceToken?: unknown } = {},
): ResourceEntry => ({
  Type: 'AWS::Lambda::Permission',
  ...inherited(entry),
  Properties: given({ Action: 'lambda:InvokeFunction', FunctionName: invoked.name, Principal, ...limits }),
})
