import type { Dict, Spot } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import type { SamContext, SamResource } from '../types.ts'

/** One event of a function. */
export interface SamEvent {
  name: string
  properties: Dict
  refuse(message: string, ...spots: Spot[]): Error
}

/** How one type of event becomes resources: what the source is told, and the permission that it needs. */
export interface EventType {
  properties: readonly string[]
  required: readonly string[]
  transform(event: SamEvent, resource: SamResource, context: SamContext): Record<string, ResourceEntry>
}
