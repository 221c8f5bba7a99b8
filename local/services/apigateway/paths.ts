import type { Resource } from '@aws-sdk/client-api-gateway'
import { type ApiDefinition, addResource, checkPathPart, theResource } from './definition.ts'
import { conflict, invalid } from './errors.ts'
import { changed, theApi } from './lookup.ts'
import { type Operations, on, pageOf } from './names.ts'
import { type Patches, patched } from './patch.ts'

const one = '/restapis/{restApiId}/resources/{resourceId}'

/** Methods come along only where they are asked for; without that only their names. */
const shown = (resource: Resource, embed: readonly string[] | undefined): Resource => {
  const { resourceMethods, ...rest } = resource
  if (!resourceMethods || !Object.keys(resourceMethods).length) return rest
  return embed?.includes('methods')
    ? resource
    : { ...rest, resourceMethods: Object.fromEntries(Object.keys(resourceMethods).map((name) => [name, {}])) }
}

const taken = (pathPart: string) => conflict(`Another resource with the same parent already has this name: ${pathPart}`)

/** The paths below a resource follow it. */
const movedBelow = (definition: ApiDefinition, resource: Resource): void => {
  for (const child of definition.resources) {
    if (child.parentId !== resource.id) continue
    child.path = `${resource.path === '/' ? '' : resource.path}/${child.pathPart}`
    movedBelow(definition, child)
  }
}

const below = ({ resources }: ApiDefinition, id: string | undefined): Resource[] =>
  resources
    .filter(({ parentId }) => parentId === id)
    .flatMap((child) => [child, ...below({ resources } as ApiDefinition, child.id)])

const patches: Patches<Resource> = {
  '/pathPart': {
    ops: ['replace'],
    run(resource, _, value) {
      checkPathPart(value)
      resource.pathPart = value
    },
  },
  '/parentId': {
    ops: ['replace'],
    run(resource, _, value) {
      resource.parentId = value
    },
  },
}

export const paths = {
  CreateResource: {
    action: ({ restApiId, parentId }, call) => on('POST', `/restapis/${restApiId}/resources/${parentId}`)({}, call),
    run: ({ restApiId, parentId, pathPart }, call) =>
      changed(restApiId, call, (api) => {
        const parent = theResource(api, parentId)
        if (api.resources.some((other) => other.parentId === parentId && other.pathPart === pathPart))
          throw taken(pathPart)
        return addResource(api, parent, pathPart, call.ground.ids)
      }),
  },
  GetResource: {
    action: on('GET', one),
    run: ({ restApiId, resourceId, embed }, call) => shown(theResource(theApi(restApiId, call), resourceId), embed),
  },
  GetResources: {
    action: on('GET', '/restapis/{restApiId}/resources'),
    run(input, call) {
      const { items, position } = pageOf(theApi(input.restApiId, call).resources, input)
      return { items: items.map((resource) => shown(resource, input.embed)), position }
    },
  },
  UpdateResource: {
    action: on('PATCH', one),
    run: ({ restApiId, resourceId, patchOperations }, call) =>
      changed(restApiId, call, (api) => {
        const resource = theResource(api, resourceId)
        if (resource.path === '/') throw invalid('Root resource cannot be updated.')
        const { parentId = '', pathPart = '' } = patched(resource, patches, patchOperations)
        const parent = theResource(api, parentId)
        if ([resource, ...below(api, resource.id)].some(({ id }) => id === parentId))
          throw invalid('Resources cannot be cyclic.')
        const others = api.resources.filter((other) => other.parentId === parentId && other.id !== resourceId)
        if (others.some((other) => other.pathPart === pathPart)) throw taken(pathPart)
        Object.assign(resource, { parentId, pathPart, path: `${parent.path === '/' ? '' : parent.path}/${pathPart}` })
        movedBelow(api, resource)
        return shown(resource, undefined)
      }),
  },
  DeleteResource: {
    action: on('DELETE', one),
    run: ({ restApiId, resourceId }, call) =>
      changed(restApiId, call, (api) => {
        const resource = theResource(api, resourceId)
        if (resource.path === '/') throw invalid('Root resource cannot be deleted.')
        const gone = new Set([resource, ...below(api, resourceId)].map(({ id }) => id))
        api.resources = api.resources.filter(({ id }) => !gone.has(id))
        return {}
      }),
  },
} satisfies Operations
