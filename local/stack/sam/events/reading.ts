import { type Dict, isDict } from '../../source.ts'
import type { SamResource } from '../types.ts'
import type { EventType, SamEvent } from './types.ts'

type Known = Pick<EventType, 'properties' | 'required'>

/** The events of a resource, by name. @throws Mistake where they are no map */
export const eventsOf = (resource: SamResource): Dict => {
  const events = resource.properties.Events ?? {}
  if (!isDict(events)) throw resource.refuse("'Events' should be a map.", [resource.properties, 'Events'])
  return events
}

/**
 * Reads one event, as far as all types are alike.
 * @param none says that there is no such type
 * @throws Mistake
 */
export const readEvent = <Type extends Known>(
  name: string,
  events: Dict,
  resource: SamResource,
  types: Record<string, Type | undefined>,
  none: (type: string) => string,
): { type: Type; event: Pick<SamEvent, 'name' | 'properties' | 'refuse'> } => {
  const event = events[name]
  const refuse: SamEvent['refuse'] = (message, ...spots) =>
    resource.refuse(`Event with id [${name}] is invalid. ${message}`, ...spots, [events, name])
  if (!isDict(event) || typeof event.Type !== 'string') throw refuse("It is missing the key 'Type'.")
  const type = types[event.Type]
  if (!type) throw refuse(none(event.Type), [event, 'Type'])
  const properties = event.Properties ?? {}
  if (!isDict(properties)) throw refuse("'Properties' should be a map.", [event, 'Properties'])
  for (const property of Object.keys(properties))
    if (!type.properties.includes(property))
      throw refuse(`property ${property} not defined for resource of type ${event.Type}.`, [properties, property])
  for (const property of type.required)
    if (properties[property] === undefined || properties[property] === null)
      throw refuse(`Missing required property '${property}'.`)
  return { type, event: { name, properties, refuse } }
}
