import type { Ground } from '../../base/ground.ts'
import { createDirectory, type Directory } from '../../iam/directory/directory.ts'
import { createSessions, type Sessions } from '../../iam/sessions.ts'

/** The sessions of a cloud, and the roles that they are sessions of. */
export interface StsStore extends Sessions {
  readonly directory: Directory
}

export const createStsStore = ({ state, clock, ids, account }: Ground): StsStore => ({
  ...createSessions(state, clock, ids, account),
  directory: createDirectory(state),
})
