import type { Ground } from '../../base/ground.ts'
import type { Policy, PolicySource, Statement } from '../../iam/types.ts'
import type { Context } from '../service.ts'

type Place = Pick<Context, 'account' | 'region'>

/** A resource policy of an account: it lets services write into its log groups. */
export interface StoredPolicy {
  name: string
  /** JSON, as it was put. */
  document: string
  /** ms since the epoch */
  updated: number
}

export interface Policies {
  /** Those of a place, by name. */
  list(place: Place): StoredPolicy[]
  put(place: Place, name: string, document: string): StoredPolicy
  /** @returns whether there was one */
  remove(place: Place, name: string): boolean
  /** All of a place as one, for decisions; the same object until one of them changes. */
  source(place: Place): PolicySource | undefined
}

export const createPolicies = ({ state, clock }: Pick<Ground, 'state' | 'clock'>): Policies => {
  state.define(`create table if not exists logs_policies (
    account text, region text, name text, document text, updated integer, primary key (account, region, name))`)
  const all = state.prepare(
    'select name, document, updated from logs_policies where account = ? and region = ? order by name',
  )
  const put = state.prepare('insert or replace into logs_policies values (?, ?, ?, ?, ?)')
  const drop = state.prepare('delete from logs_policies where account = ? and region = ? and name = ?')
  /** Every write of a line is decided: what hangs on the groups of a place is put together once. */
  const known = new Map<string, PolicySource | undefined>()
  const list = ({ account, region }: Place) => all.all(account, region) as unknown as StoredPolicy[]
  const together = (place: Place): PolicySource | undefined => {
    const policies = list(place)
    if (policies.length === 0) return undefined
    const documents = policies.map(({ document }) => JSON.parse(document) as Policy)
    const Statement = documents.flatMap((one): Statement[] => [one.Statement].flat())
    const names = policies.map(({ name }) => name).join(', ')
    return { name: `CloudWatch Logs' ${names}`, kind: 'resource', policy: { Version: '2012-10-17', Statement } }
  }
  return {
    list,
    put(place, name, document) {
      known.clear()
      const updated = clock.now()
      put.run(place.account, place.region, name, document, updated)
      return { name, document, updated }
    },
    remove(place, name) {
      known.clear()
      return drop.run(place.account, place.region, name).changes > 0
    },
    source(place) {
      const key = `${place.account} ${place.region}`
      if (known.has(key)) return known.get(key)
      const source = together(place)
      // What a transaction reads may be rolled back.
      if (!state.inTransaction) known.set(key, source)
      return source
    },
  }
}
