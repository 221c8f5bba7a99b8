import type { Ground } from '../../../base/ground.ts'
import type { Cloud, Context, Decide } from '../../service.ts'
import type { Turns } from './delivery.ts'
import { createHttpExecutor, type HttpExecutor } from './execute.ts'
import type { HttpApi } from './types.ts'

/** The HTTP APIs that there are; what serves their stages. */
export interface HttpApiStore extends Turns {
  readonly executor: HttpExecutor
  /** Not to be changed: see `save`. */
  api(id: string): HttpApi | undefined
  /** The APIs of a place, the oldest first. */
  apis(place: { account: string; region: string }): HttpApi[]
  save(api: HttpApi): void
  remove(id: string): void
}

const DATES = new Set(['CreatedDate', 'LastUpdatedDate'])

export const createHttpApiStore = (
  ground: Ground,
  cloud: (context: Context) => Cloud,
  decide: Decide,
): HttpApiStore => {
  const { state } = ground
  state.define('create table if not exists apigateway_http (id text primary key, account text, region text, json text)')
  const one = state.prepare('select json from apigateway_http where id = ?')
  const all = state.prepare('select id from apigateway_http where account = ? and region = ? order by rowid')
  const put = state.prepare(
    'insert into apigateway_http values (?, ?, ?, ?) on conflict (id) do update set json = excluded.json',
  )
  const drop = state.prepare('delete from apigateway_http where id = ?')
  /** As they were read: the same object until it is saved anew. */
  const known = new Map<string, HttpApi>()
  let turn: Promise<unknown> = Promise.resolve()
  const store: HttpApiStore = {
    executor: createHttpExecutor({ ground, cloud, decide }),
    api(id) {
      const before = known.get(id)
      const row = before ? undefined : one.get(id)
      if (!row) return before
      const api: HttpApi = JSON.parse(String(row.json), (name, value) => (DATES.has(name) ? new Date(value) : value))
      known.set(id, api)
      return api
    },
    apis: ({ account, region }) => all.all(account, region).flatMap(({ id }) => store.api(String(id)) ?? []),
    save(api) {
      put.run(api.id, api.account, api.region, JSON.stringify(api))
      known.delete(api.id)
    },
    remove(id) {
      drop.run(id)
      known.delete(id)
    },
    inTurn(run) {
      const result = turn.then(run)
      turn = result.catch(() => {})
      return result
    },
  }
  return store
}
