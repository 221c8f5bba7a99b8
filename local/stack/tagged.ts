import type { ResourceType } from '../services/service.ts'
import { type Dict, isDict } from './source.ts'
import type { StackRecord, Tag } from './store.ts'

/** What CloudFormation itself hangs on a resource of a stack (user guide, "Resource tag"). */
export const ownTagsOf = (
  { id, name }: Pick<StackRecord, 'id' | 'name'>,
  logicalId: string,
): Record<string, string> => ({
  'aws:cloudformation:stack-name': name,
  'aws:cloudformation:stack-id': id,
  'aws:cloudformation:logical-id': logicalId,
})

/** The properties with the stack's tags, where the type can have tags; the resource's own go first. */
export const tagged = (
  type: Pick<ResourceType<unknown>, 'properties' | 'tags'> | undefined,
  properties: Dict,
  tags: readonly Tag[],
): Dict => {
  const { property = 'Tags', asMap = false } = type?.tags ?? {}
  if (tags.length === 0 || !type?.properties.includes(property)) return properties
  const own = properties[property]
  if (asMap || isDict(own)) {
    const map = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
    return { ...properties, [property]: { ...map, ...(own as Dict | undefined) } }
  }
  const list = Array.isArray(own) ? own : []
  const others = tags.filter(({ Key }) => !list.some((tag) => isDict(tag) && tag.Key === Key))
  return { ...properties, [property]: [...list, ...others.map(({ Key, Value }) => ({ Key, Value }))] }
}
