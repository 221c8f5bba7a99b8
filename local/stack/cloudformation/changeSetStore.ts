import type { Change, DeploymentConfig } from '@aws-sdk/client-cloudformation'
import type { Ground } from '../../base/ground.ts'
import type { Settings } from '../store.ts'

/** A change set as it is kept. Times are ms since the epoch. */
export interface ChangeSetRecord extends Settings {
  /** The ARN. */
  id: string
  name: string
  stackId: string
  type: 'CREATE' | 'UPDATE'
  status: 'CREATE_COMPLETE' | 'FAILED'
  reason?: string
  executionStatus: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_COMPLETE' | 'OBSOLETE'
  created: number
  /** The ClientToken of the request that made it. */
  token?: string
  description?: string
  template: string
  given: Record<string, string>
  /** For people: secrets masked. */
  parameters: Record<string, string>
  onFailure?: 'ROLLBACK' | 'DO_NOTHING' | 'DELETE'
  deploymentConfig?: DeploymentConfig
  changes: Change[]
}

export interface ChangeSetStore {
  byId(id: string): ChangeSetRecord | undefined
  /** The youngest first. */
  of(stackId: string): ChangeSetRecord[]
  save(changeSet: ChangeSetRecord): void
  drop(id: string): void
}

export const createChangeSetStore = ({ state }: Pick<Ground, 'state'>): ChangeSetStore => {
  state.define(`
    create table if not exists change_sets (id text primary key, stack text, created integer, record text);
    create index if not exists change_sets_by_stack on change_sets (stack, created);`)
  const byId = state.prepare('select record from change_sets where id = ?')
  const of = state.prepare('select record from change_sets where stack = ? order by created desc, rowid desc')
  const save = state.prepare('insert or replace into change_sets (id, stack, created, record) values (?, ?, ?, ?)')
  const drop = state.prepare('delete from change_sets where id = ?')
  const read = (row: unknown): ChangeSetRecord => JSON.parse((row as { record: string }).record)
  return {
    byId: (id) => {
      const row = byId.get(id)
      return row && read(row)
    },
    of: (stackId) => of.all(stackId).map(read),
    save: (set) => void save.run(set.id, set.stackId, set.created, JSON.stringify(set)),
    drop: (id) => void drop.run(id),
  }
}
