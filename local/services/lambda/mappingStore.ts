import type { State } from '../../base/state.ts'
import type { Tags } from '../systemTags.ts'

/** What an event source mapping says of its batches; what AWS takes where nothing is said stands in `settingsOf`. */
export interface MappingSettings {
  batchSize: number
  /** Seconds that a batch waits for more records. */
  window: number
  /** Batches of one shard that run at the same time, each with other partition keys. */
  parallel: number
  /** Tries after the first one; -1: until the record is too old. */
  retries: number
  /** Seconds; -1: until the stream forgets it. */
  age: number
  bisect: boolean
  /** Whether the function says which records failed (`ReportBatchItemFailures`). */
  partial: boolean
  /** Event patterns; a record must fit one of them. */
  filters: string[]
  /** ARN of what gets the batches that are given up. */
  onFailure?: string
}

/** An event source mapping as the state has it; never changed in place. */
export interface EventSourceMapping {
  readonly uuid: string
  readonly account: string
  readonly region: string
  readonly functionArn: string
  readonly sourceArn: string
  readonly start: 'TRIM_HORIZON' | 'LATEST'
  readonly settings: MappingSettings
  readonly enabled: boolean
  /** ms since the epoch */
  readonly modified: number
  readonly tags?: Tags
}

export type MappingWatcher = (mapping: EventSourceMapping) => void

/** The event source mappings of a cloud, and how far each has come. */
export interface Mappings {
  get(uuid: string): EventSourceMapping | undefined
  /** In the order in which they were made. */
  list(): EventSourceMapping[]
  /** Saves it; those who watch hear of it in the same transaction. */
  save(mapping: EventSourceMapping): void
  /** Changes its tags; of that nobody hears: it goes on as it was. */
  tag(uuid: string, tags: Tags): void
  remove(mapping: EventSourceMapping): void
  /** Hears of each mapping that is saved or removed. Gives what ends it. */
  watch(watcher: MappingWatcher): () => void
  /** Behind which record a lane (0 to `parallel` - 1) of a mapping goes on; nothing when it has not begun. */
  place(uuid: string, lane: number): number | undefined
  /** Does nothing for a mapping that was removed meanwhile. */
  setPlace(uuid: string, lane: number, sequence: number): void
  /** Forgets how far lanes have come, from `lane` on. */
  dropPlaces(uuid: string, lane: number): void
  /** What came of the last batch; of this run of the cloud only. */
  result(uuid: string): string
  setResult(uuid: string, result: string): void
}

export const createMappings = (state: State): Mappings => {
  state.define(`
    create table if not exists lambda_mappings (uuid text primary key, body text);
    create table if not exists lambda_mapping_places (
      uuid text, lane integer, sequence integer, primary key (uuid, lane)) without rowid`)
  const all = state.prepare('select body from lambda_mappings order by rowid')
  const put = state.prepare('insert into lambda_mappings values (?1, ?2) on conflict do update set body = ?2')
  const drop = state.prepare('delete from lambda_mappings where uuid = ?')
  const place = state.prepare('select sequence from lambda_mapping_places where uuid = ? and lane = ?')
  const setPlace = state.prepare('insert or replace into lambda_mapping_places values (?, ?, ?)')
  const dropPlaces = state.prepare('delete from lambda_mapping_places where uuid = ? and lane >= ?')

  const mappings = new Map<string, EventSourceMapping>()
  for (const { body } of all.all() as { body: string }[]) {
    const mapping = JSON.parse(body) as EventSourceMapping
    mappings.set(mapping.uuid, mapping)
  }
  const results = new Map<string, string>()
  const watchers = new Set<MappingWatcher>()
  const tell: MappingWatcher = (mapping) => {
    for (const watcher of watchers) watcher(mapping)
  }
  return {
    get: (uuid) => mappings.get(uuid),
    list: () => [...mappings.values()],
    save: (mapping) =>
      state.transaction(() => {
        put.run(mapping.uuid, JSON.stringify(mapping))
        mappings.set(mapping.uuid, mapping)
        tell(mapping)
      }),
    tag(uuid, tags) {
      const mapping = mappings.get(uuid)
      if (!mapping) return
      const tagged = { ...mapping, tags }
      put.run(uuid, JSON.stringify(tagged))
      mappings.set(uuid, tagged)
    },
    remove: (mapping) =>
      state.transaction(() => {
        drop.run(mapping.uuid)
        dropPlaces.run(mapping.uuid, 0)
        mappings.delete(mapping.uuid)
        results.delete(mapping.uuid)
        tell(mapping)
      }),
    watch(watcher) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    place: (uuid, lane) => (place.get(uuid, lane) as { sequence: number } | undefined)?.sequence,
    setPlace(uuid, lane, sequence) {
      if (mappings.has(uuid)) setPlace.run(uuid, lane, sequence)
    },
    dropPlaces: (uuid, lane) => void dropPlaces.run(uuid, lane),
    result: (uuid) => results.get(uuid) ?? 'No records processed',
    setResult: (uuid, result) => void results.set(uuid, result),
  }
}
