import type * as Sdk from '@aws-sdk/client-apigatewayv2'
import type { Call, Context, service } from '../../service.ts'
import { missing } from '../errors.ts'
import type { HttpApiStore } from './store.ts'
import type { HttpApi } from './types.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, HttpApiStore>>[1]
export type Asking = Context & Pick<Call<HttpApiStore>, 'store' | 'ground'>

/** An API of the caller's account and region; not to be changed. @throws ServiceError `NotFoundException` */
export const theHttpApi = (id: string, { account, region, store }: Asking): HttpApi => {
  const api = store.api(id)
  if (api?.account !== account || api.region !== region) throw missing('Invalid API identifier specified')
  return api
}

/** Changes an API, all or nothing; stages that deploy by themselves serve the change at once. */
export const changedHttpApi = <T>(id: string, call: Asking, change: (api: HttpApi) => T): T => {
  const api = structuredClone(theHttpApi(id, call))
  const result = change(api)
  call.store.save(api)
  return result
}

/** The part of a list with that id. @throws ServiceError `NotFoundException` */
export const partOf = <T extends object>(list: readonly T[], name: keyof T & string, id: string): T => {
  const found = list.find((one) => one[name] === id)
  if (!found) throw missing(`Unable to find ${name.replace(/Id$|Name$/, '')} by identifier ${id}`)
  return found
}

/** Ids of routes, integrations and the like: seven letters and digits. */
export const httpId = ({ ground }: Asking): string => ground.ids.text(7)

export const nowOf = ({ ground }: Asking): Date => new Date(Math.floor(ground.clock.now() / 1000) * 1000)

/** Takes over the members that an update gives. */
export const updated = <T extends object>(one: T, given: Partial<T>): void => {
  for (const [name, value] of Object.entries(given))
    if (value !== undefined) (one as Record<string, unknown>)[name] = value === '' ? undefined : value
}

/** One page of a list, as this API names pages. @throws ServiceError `BadRequestException` */
export { pageOf } from '../names.ts'
