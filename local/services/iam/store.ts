import type { Ground } from '../../base/ground.ts'
import { createDirectory, type Directory } from '../../iam/directory/directory.ts'
import { createRolePolicies, type RolePolicies } from '../../iam/directory/policies.ts'

/** Roles and policies of the accounts, and what decisions read of them. */
export interface IamStore extends Directory {
  readonly policiesOf: RolePolicies
  /** When the accounts of this cloud came to be, ms since the epoch. */
  readonly born: number
}

/** Every change is in force at the next decision. */
export const createIamStore = ({ state, clock }: Ground): IamStore => {
  state.define('create table if not exists iam_born (id integer primary key check (id = 1), at integer)')
  state.prepare('insert or ignore into iam_born (id, at) values (1, ?)').run(clock.now())
  const { at } = state.prepare('select at from iam_born').get() as { at: number }
  const directory = createDirectory(state)
  const policiesOf = createRolePolicies(directory)
  const changing =
    <Record>(change: (record: Record) => void) =>
    (record: Record) => {
      change(record)
      policiesOf.changed()
    }
  return {
    ...directory,
    putRole: changing(directory.putRole),
    removeRole: changing(directory.removeRole),
    putPolicy: changing(directory.putPolicy),
    removePolicy: changing(directory.removePolicy),
    policiesOf,
    born: at,
  }
}
