import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MovableClock, movableClock } from '../base/clock.ts'
import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import { randomIds } from '../base/ids.ts'
import type { LogLine } from '../base/log.ts'
import { createOutbox } from '../base/outbox.ts'
import { openState, type State } from '../base/state.ts'
import { localUser } from '../iam/sessions.ts'
import { background } from '../services/background.ts'
import { createDispatch } from '../services/dispatch.ts'
import { type Call, type ResourceType, type Service, service } from '../services/service.ts'
import { cloudformation } from './service.ts'
import { createStacks, type DeployOptions, type Stacks } from './stacks.ts'

/** What a fake service has: its things by name, and every call in its order. */
interface Things {
  things: Map<string, Record<string, unknown>>
  calls: string[]
  /** Runs before a call and after it: throws, or waits. */
  before: (call: string, properties: Record<string, unknown>) => Promise<void> | void
}

const PROPERTIES = ['Name', 'Size', 'Key', 'Peer', 'Peers', 'Settings', 'Tags']

/** The one operation of the fake service. */
interface ThingClient {
  PutThing(input: { name: string; thing: Record<string, unknown>; isNew: boolean }): Promise<unknown>
}

/**
 * A type whose things are kept in the state, as those of a real service are. `Name` and `Key` cannot be changed. Each
 * call comes by `before` twice: as `create A x`, and as `created A x` when it is done but not yet told.
 */
const thingType = (short: string, prefix: string): ResourceType<Things> => {
  const created = (name: string, properties: Record<string, unknown>) => ({
    physicalId: name,
    ...(prefix ? { ref: `${prefix}${name}` } : {}),
    attributes: { Arn: `arn:aws:things:::${short}/${name}`, Nested: { Size: properties.Size ?? 0 }, List: ['a', 'b'] },
  })
  const client = ({ cloud }: Pick<Call<Things>, 'cloud'>) => cloud('things' as never) as ThingClient
  return {
    properties: PROPERTIES,
    replacedBy: ['Name', 'Key'],
    async create({ physicalId, properties }, call) {
      const name = String(properties.Name ?? physicalId)
      call.store.calls.push(`create ${short} ${name}`)
      await call.store.before(`create ${short} ${name}`, properties)
      await client(call).PutThing({ name, thing: properties, isNew: true })
      await call.store.before(`created ${short} ${name}`, properties)
      return created(name, properties)
    },
    async update({ physicalId: name, properties }, before, call) {
      const { store } = call
      const changed = Object.keys({ ...before.properties, ...properties }).filter(
        (key) => JSON.stringify(before.properties[key]) !== JSON.stringify(properties[key]),
      )
      store.calls.push(`update ${short} ${name} ${changed.sort().join()}`)
      await store.before(`update ${short} ${name}`, properties)
      const thing = { ...store.things.get(name) }
      for (const key of changed) thing[key] = properties[key]
      await client(call).PutThing({ name, thing: JSON.parse(JSON.stringify(thing)), isNew: false })
      await store.before(`updated ${short} ${name}`, properties)
      return created(name, properties)
    },
    async delete({ physicalId }, { store }) {
      store.calls.push(`delete ${short} ${physicalId}`)
      await store.before(`delete ${short} ${physicalId}`, store.things.get(physicalId) ?? {})
      if (!store.things.has(physicalId)) throw new ServiceError('ThingNotFound', `${physicalId} does not exist.`)
      store.things.delete(physicalId)
      await store.before(`deleted ${short} ${physicalId}`, {})
    },
  }
}

/** A map that lives in the state, so that a kill leaves what was done. */
const durableMap = ({ state }: Ground): Things['things'] => {
  state.define('create table if not exists things (name text primary key, properties text)')
  const get = state.prepare('select properties from things where name = ?')
  const all = state.prepare('select name, properties from things order by rowid')
  const read = (row: unknown) => JSON.parse((row as { properties: string }).properties)
  const map = new Map<string, Record<string, unknown>>()
  for (const row of all.all()) map.set((row as { name: string }).name, read(row))
  const set = state.prepare('insert or replace into things (name, properties) values (?, ?)')
  const remove = state.prepare('delete from things where name = ?')
  return Object.assign(map, {
    has: (name: string) => get.get(name) !== undefined,
    set: (name: string, properties: Record<string, unknown>) => {
      set.run(name, JSON.stringify(properties))
      return Map.prototype.set.call(map, name, properties)
    },
    delete: (name: string) => {
      remove.run(name)
      return Map.prototype.delete.call(map, name)
    },
  })
}

const SAM_PROPERTIES: Record<string, string[]> = {
  'AWS::Lambda::Function': [
    'Architectures',
    'Code',
    'DeadLetterConfig',
    'Description',
    'Environment',
    'FunctionName',
    'Handler',
    'LoggingConfig',
    'MemorySize',
    'Role',
    'Runtime',
    'Tags',
    'Timeout',
    'TracingConfig',
  ],
  'AWS::Lambda::Permission': ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
  'AWS::IAM::Role': ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies', 'RoleName', 'Tags'],
  'AWS::S3::Bucket': ['BucketName', 'NotificationConfiguration', 'Tags'],
  'AWS::DynamoDB::Table': ['AttributeDefinitions', 'BillingMode', 'KeySchema', 'TableName'],
  'AWS::Logs::LogGroup': ['LogGroupName', 'RetentionInDays'],
}

/** A service with the types `Fake::A` (Ref is the name) and `Fake::B` (Ref is an address), and those of the template. */
const fake = (before: Things['before']): Service =>
  service<Record<string, never>, Things>(
    {
      name: 'things',
      sdk: async () => ({}),
      protocol: 'json1.0',
      denied: 'AccessDenied',
      store: (ground) => ({ things: durableMap(ground), calls: [], before }),
      resources: {
        'Fake::A': thingType('A', ''),
        'Fake::B': thingType('B', 'https://b/'),
        ...Object.fromEntries(
          Object.entries(SAM_PROPERTIES).map(([type, properties]) => [
            type,
            { ...thingType(type.split('::').at(-1) as string, ''), properties, replacedBy: [] },
          ]),
        ),
      },
    },
    {
      PutThing: {
        action: 'anyone',
        run: ({ name, thing, isNew }: Parameters<ThingClient['PutThing']>[0], { store }: Call<Things>) => {
          if (isNew && store.things.has(name)) throw new ServiceError('AlreadyExists', `${name} already exists.`)
          store.things.set(name, thing)
          return {}
        },
      },
    } as never,
  )

export interface Rig extends Pick<Things, 'things' | 'calls'> {
  folder: string
  clock: MovableClock
  state: State
  stacks: Stacks
  log: LogLine[]
  /** Set to make calls of the fake service fail or wait. */
  hook: { before: Things['before'] }
  /** Deploys a template, by default as stack `local` from the file `/project/template.yaml`. */
  deploy(template: string, options?: Partial<DeployOptions>): ReturnType<Stacks['deploy']>
  /** Runs an operation of CloudFormation as the user `local`. */
  run(operation: string, input: object): Promise<unknown>
  close(): void
}

/** Stacks over fake services, in a state of their own. */
export const openRig = (folder = mkdtempSync(join(tmpdir(), 'stacks-'))): Rig => {
  const state = openState(folder)
  const clock = movableClock()
  const log: LogLine[] = []
  const ground: Ground = {
    account: '123456789012',
    state,
    clock,
    ids: randomIds(),
    outbox: createOutbox(state, clock, () => {}),
    log: (line) => void log.push(line),
    cache: folder,
    url: () => 'http://127.0.0.1:0',
  }
  const hook: Rig['hook'] = { before: () => {} }
  const services = [fake((call, properties) => hook.before(call, properties)), cloudformation(() => stacks)]
  const dispatch = createDispatch(ground, services)
  const { things, calls } = dispatch.store<Things>('things')
  const stacks: Stacks = createStacks({ ground, dispatch })
  return {
    folder,
    clock,
    state,
    stacks,
    things,
    calls,
    log,
    hook,
    deploy: (template, options) =>
      stacks.deploy({ name: 'local', file: '/project/template.yaml', ...options, template }),
    run: (operation, input) =>
      dispatch.run('cloudformation', operation, input, background(ground, localUser(ground.account), 'us-east-1')),
    close() {
      void ground.outbox.stop()
      state.close()
    },
  }
}
