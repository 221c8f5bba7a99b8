import type { Ground } from '../base/ground.ts'
import type { Caller } from '../iam/types.ts'
import type { Dict } from './source.ts'

/** A stack's output, resolved. */
export interface StackOutput {
  value: string
  description?: string
  exportName?: string
}

/** A tag of a stack; its resources get it too. */
export interface Tag {
  Key: string
  Value: string
}

/** What a caller gave a stack besides template and parameters. */
export interface Settings {
  tags?: Tag[]
  capabilities?: string[]
  /** The role that makes the stack's resources; the caller does where there is none. */
  roleArn?: string
  notificationArns?: string[]
}

/** What is to become of a stack, from the moment it was asked for until it is done: a restart goes on with it. */
export interface Operation extends Settings {
  kind: 'create' | 'update' | 'delete' | 'continue' | 'rollback'
  caller: Caller
  /** Of a creation and an update. */
  template?: string
  given?: Record<string, string>
  /** What a failure leads to. */
  onFailure?: 'ROLLBACK' | 'DO_NOTHING' | 'DELETE'
  /** Whether going back deletes what this operation made even where its policy is to retain it. */
  retainExceptOnCreate?: boolean
  /** When a creation has taken too long, ms since the epoch. */
  deadline?: number
  /** The stack policy for this update alone. */
  policy?: string
  /** CancelUpdateStack has come. */
  cancelled?: boolean
  /** Of a deletion and of a continued roll-back: logical IDs that stay as they are. */
  skipped?: string[]
  /** The ClientRequestToken, and by what the request that came with it is known again. */
  token?: string
  request?: string
}

/** A stack as it is kept. Times are ms since the epoch. */
export interface StackRecord extends Settings {
  /** The ARN. */
  id: string
  name: string
  region: string
  status: string
  reason?: string
  description?: string
  template: string
  /** What was given, by parameter. */
  given: Record<string, string>
  /** What parameters are, for people: secrets masked. */
  parameters: Record<string, string>
  outputs: Record<string, StackOutput>
  /** Names of exports of other stacks that this one uses. */
  imports: string[]
  created: number
  updated?: number
  deleted?: number
  /** It was complete once: there is something to go back to. */
  wasComplete?: boolean
  /** CloudFormation's own settings: of a stack that CloudFormation's operations made. */
  disableRollback?: boolean
  /** OnFailure of CreateStack was DO_NOTHING: unlike DisableRollback, that leaves no way to try again. */
  doesNothing?: boolean
  timeoutMinutes?: number
  isProtected?: boolean
  /** The stack policy, as JSON. */
  policy?: string
  /** The change set that was executed last. */
  changeSet?: string
  operation?: Operation
}

/** What is physically there for a logical ID. */
export interface Snapshot {
  type: string
  physicalId: string
  ref?: string
  attributes: Dict
  /** As they were last applied, resolved. */
  properties: Dict
  dependsOn: string[]
  deletionPolicy: string
  updateReplacePolicy: string
}

export interface Stable extends Snapshot {
  /** What may have been applied to it since, as a whole or in part, before it was replaced. */
  doubts?: Dict[]
}

/** A resource of a stack as it is kept, before and after every step. */
export interface ResourceRecord extends Snapshot {
  logicalId: string
  status: string
  reason?: string
  at: number
  /** A step that began and did not come off, or whose end is not known: after a kill what is there may be either. */
  pending?:
    | {
        step: 'create'
        properties: Dict
        /** Nothing was created. */
        refused?: boolean
      }
    | {
        step: 'update'
        /** What may have been applied, as a whole or in part, over `properties`. */
        doubts: Dict[]
      }
  /** What was there when the stack was last complete: what a roll-back goes back to. */
  stable?: Stable
}

/** A physical resource that is to go. */
export interface Leftover extends Snapshot {
  id: number
  logicalId: string
  status: string
  reason?: string
}

export interface StackEvent {
  eventId: string
  at: number
  logicalId: string
  physicalId: string
  type: string
  status: string
  reason?: string
  /** The ClientRequestToken of the operation that caused it. */
  token?: string
}

/** Stacks, their resources and their events in the state. */
export interface StackStore {
  /** The stack of that name that is not deleted. */
  find(region: string, name: string): StackRecord | undefined
  /** By ARN, deleted ones too. */
  byId(id: string): StackRecord | undefined
  list(): StackRecord[]
  /** Deleted ones too, the youngest first. */
  listAll(): StackRecord[]
  save(stack: StackRecord): void
  resources(stackId: string): ResourceRecord[]
  saveResource(stackId: string, resource: ResourceRecord): void
  dropResource(stackId: string, logicalId: string): void
  leftovers(stackId: string): Leftover[]
  addLeftover(stackId: string, leftover: Omit<Leftover, 'id'>): void
  saveLeftover(leftover: Leftover): void
  dropLeftover(id: number): void
  addEvent(stackId: string, event: StackEvent): void
  /** Oldest first. */
  events(stackId: string): StackEvent[]
  transaction<T>(run: () => T): T
  /** Puts the writes of this turn into one transaction; see `State`. */
  together(): Promise<void>
}

const DELETED = 'DELETE_COMPLETE'

/** Events of a stack that are kept. */
const KEPT_EVENTS = 5000

export const createStackStore = ({ state }: Pick<Ground, 'state'>): StackStore => {
  state.define(`
    create table if not exists stacks (id text primary key, region text, name text, status text, record text);
    create index if not exists stacks_by_name on stacks (region, name);
    create table if not exists stack_resources (stack text, id text, record text, primary key (stack, id));
    create table if not exists stack_leftovers (id integer primary key autoincrement, stack text, record text);
    create index if not exists stack_leftovers_by_stack on stack_leftovers (stack);
    create table if not exists stack_events (id integer primary key autoincrement, stack text, record text);
    create index if not exists stack_events_by_stack on stack_events (stack, id);`)
  const find = state.prepare('select record from stacks where region = ? and name = ? and status <> ?')
  const list = state.prepare('select record from stacks where status <> ? order by region, name')
  const byId = state.prepare('select record from stacks where id = ?')
  const listAll = state.prepare('select record from stacks')
  const save = state.prepare('insert or replace into stacks (id, region, name, status, record) values (?, ?, ?, ?, ?)')
  const resources = state.prepare('select record from stack_resources where stack = ? order by rowid')
  const saveResource = state.prepare(`insert into stack_resources (stack, id, record) values (?, ?, ?)
    on conflict (stack, id) do update set record = excluded.record`)
  const dropResource = state.prepare('delete from stack_resources where stack = ? and id = ?')
  const leftovers = state.prepare('select id, record from stack_leftovers where stack = ? order by id')
  const addLeftover = state.prepare('insert into stack_leftovers (stack, record) values (?, ?)')
  const saveLeftover = state.prepare('update stack_leftovers set record = ? where id = ?')
  const dropLeftover = state.prepare('delete from stack_leftovers where id = ?')
  const addEvent = state.prepare('insert into stack_events (stack, record) values (?, ?)')
  const oldEvents = state.prepare('delete from stack_events where stack = ? and id <= ?')
  const events = state.prepare('select record from stack_events where stack = ? order by id')

  /** What the turn has saved of resources, the last of each: most go through three states in one. */
  const unsaved = new Map<string, [stackId: string, resource: ResourceRecord]>()
  let isTogether = false
  const saveAll = () => {
    for (const [stackId, resource] of unsaved.values())
      saveResource.run(stackId, resource.logicalId, JSON.stringify(resource))
    unsaved.clear()
  }
  const finish = () => {
    isTogether = false
    saveAll()
  }
  const read = <T>(row: unknown): T => JSON.parse((row as { record: string }).record)
  return {
    find: (region, name) => {
      const row = find.get(region, name, DELETED)
      return row && read<StackRecord>(row)
    },
    byId: (id) => {
      const row = byId.get(id)
      return row && read<StackRecord>(row)
    },
    list: () => list.all(DELETED).map(read<StackRecord>),
    listAll: () =>
      listAll
        .all()
        .map(read<StackRecord>)
        .sort((a, b) => b.created - a.created),
    save: (stack) => void save.run(stack.id, stack.region, stack.name, stack.status, JSON.stringify(stack)),
    resources: (stackId) => {
      saveAll()
      return resources.all(stackId).map(read<ResourceRecord>)
    },
    saveResource: (stackId, resource) => {
      unsaved.set(`${stackId} ${resource.logicalId}`, [stackId, resource])
      if (!isTogether) saveAll()
    },
    dropResource: (stackId, logicalId) => {
      unsaved.delete(`${stackId} ${logicalId}`)
      dropResource.run(stackId, logicalId)
    },
    leftovers: (stackId) =>
      leftovers.all(stackId).map((row) => ({ ...read<Leftover>(row), id: (row as { id: number }).id })),
    addLeftover: (stackId, leftover) => void addLeftover.run(stackId, JSON.stringify(leftover)),
    saveLeftover: (leftover) => void saveLeftover.run(JSON.stringify(leftover), leftover.id),
    dropLeftover: (id) => void dropLeftover.run(id),
    addEvent: (stackId, event) => {
      const { lastInsertRowid } = addEvent.run(stackId, JSON.stringify(event))
      const oldest = Number(lastInsertRowid) - KEPT_EVENTS
      if (oldest > 0) oldEvents.run(stackId, oldest)
    },
    events: (stackId) => events.all(stackId).map(read<StackEvent>),
    transaction: state.transaction,
    together: () => {
      const written = state.together(finish)
      isTogether = true
      return written
    },
  }
}

type Around = Pick<Snapshot, 'dependsOn' | 'deletionPolicy' | 'updateReplacePolicy'>

/** What the template says of a resource besides its properties: kept as it is, without anything being done. */
export const aroundOf = ({ dependsOn, deletionPolicy, updateReplacePolicy }: Around): Around => ({
  dependsOn,
  deletionPolicy,
  updateReplacePolicy,
})

/** The physical side of a resource. */
export const snapshotOf = (resource: Snapshot): Snapshot => ({
  type: resource.type,
  physicalId: resource.physicalId,
  ...(resource.ref === undefined ? {} : { ref: resource.ref }),
  attributes: resource.attributes,
  properties: resource.properties,
  ...aroundOf(resource),
})
