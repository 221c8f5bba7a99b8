import type { ResourceType } from '../services/service.ts'
import { type Dict, isDict } from './source.ts'
import type { Tag } from './store.ts'

/** Types whose tags are a map from key to value. */
const MAPS = /^AWS::ApiGatewayV2::/

/** The properties with the stack's tags, where the type can have tags; the resource's own go first. */
export const tagged = (
  type: Pick<ResourceType<unknown>, 'properties'> | undefined,
  typeName: string,
  properties: Dict,
  tags: readonly Tag[],
): Dict => {
  if (tags.length === 0 || !type?.properties.includes('Tags')) return properties
  const own = properties.Tags
  if (isDict(own) || MAPS.test(typeName)) {
    const map = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
    return { ...properties, Tags: { ...map, ...(own as Dict | undefined) } }
  }
  const list = Array.isArray(own) ? own : []
  const others = tags.filter(({ Key }) => !list.some((tag) => isDict(tag) && tag.Key === Key))
  return { ...properties, Tags: [...list, ...others.map(({ Key, Value }) => ({ Key, Value }))] }
}
