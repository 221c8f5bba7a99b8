import type { Dispatch } from '../services/dispatch.ts'
import type { ResourceType } from '../services/service.ts'

/** The types that the services have, by their CloudFormation names. */
export const resourceTypes = (dispatch: Dispatch): Map<string, { service: string; type: ResourceType<unknown> }> =>
  new Map(
    [...dispatch.services.values()].flatMap(({ name, resources = {} }) =>
      Object.entries(resources).map(([typeName, type]) => [typeName, { service: name, type }] as const),
    ),
  )
