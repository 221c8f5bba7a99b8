import type { ResourceRecord, StackRecord } from './store.ts'

/** Whether a stack was never complete, as its status tells. */
export const isNew = ({ status }: StackRecord): boolean =>
  ['REVIEW_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_FAILED', 'ROLLBACK_IN_PROGRESS'].includes(status)

/** The status of going back: to what the stack was when it was last complete, or to nothing where it never was. */
export const goingBack = (stack: StackRecord, rows: Iterable<ResourceRecord>): string =>
  isNew(stack) || !(stack.wasComplete || [...rows].some(({ stable }) => stable))
    ? 'ROLLBACK_IN_PROGRESS'
    : 'UPDATE_ROLLBACK_IN_PROGRESS'
