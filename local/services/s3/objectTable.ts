import type { State } from '../../base/state.ts'
import type { Files, Piece } from './files.ts'
import type { Listed, ListedVersion, Part, StoredObject } from './types.ts'

export interface Objects {
  /** The object that a key stands for; none where that is a delete marker. */
  find(bucket: string, key: string): StoredObject | undefined
  /** What a key stands for, be it a delete marker. */
  latest(bucket: string, key: string): StoredObject | undefined
  version(bucket: string, key: string, version: string): StoredObject | undefined
  /** All versions of a key, the newest first. */
  versions(bucket: string, key: string): StoredObject[]
  /**
   * Makes it what its key stands for, in the place of the version with the same id: bytes that nothing names any more go
   * once the transaction is safe.
   */
  put(object: StoredObject): void
  tag(object: StoredObject, tags: StoredObject['tags']): void
  /** Removes one version; the newest that is left is what the key stands for. */
  delete(object: StoredObject): void
  /** Whether a bucket has neither object nor delete marker. */
  isEmpty(bucket: string): boolean
  /** Whether some key of a bucket stands for an object. */
  hasCurrent(bucket: string): boolean
  /** Objects with keys from `start` on, before `end` if given, in the order of their keys' UTF-8. */
  from(bucket: string, start: string, end: string | undefined): Iterable<Listed>
  /** Versions, of each key the newest first. */
  versionsFrom(bucket: string, start: string, end: string | undefined): Iterable<ListedVersion>
  /** `count` keys after `key`, in their order: those that a round through the bucket looks at next. */
  keysAfter(bucket: string, key: string, count: number): string[]
  addPart(part: Part): void
  part(content: string, number: number): Part | undefined
  /** The parts of an object or an upload, in their order. */
  parts(content: string): Part[]
  /** Where their bytes are. */
  pieces(content: string): Piece[]
  removePart(part: Part): void
  /** Removes the parts of a content, with their files. */
  removeParts(content: string): void
  /** The files that some part names. */
  files(): Set<string>
}

/** `latest` is 1 for the version that a key stands for, `marker` is 1 for a delete marker. */
const TABLES = `
  create table if not exists s3_objects (
    bucket text not null, key text not null, version text not null, born integer not null, latest integer not null,
    marker integer not null, content text not null, size integer not null, etag text not null,
    modified integer not null, parts integer, storage_class text not null, checksum_algorithm text not null,
    checksum_type text not null, checksum text not null,
    tags text not null, attributes text not null, primary key (bucket, key, version)) without rowid;
  create table if not exists s3_parts (
    content text not null, number integer not null, file text not null, size integer not null, etag text not null,
    modified integer not null, checksums text not null, primary key (content, number)) without rowid`

type Row = Record<string, string | number | null>

const objectOf = (row: Row): StoredObject => ({
  bucket: row.bucket as string,
  key: row.key as string,
  version: row.version as string,
  born: row.born as number,
  ...(row.marker === 1 ? { marker: true } : {}),
  content: row.content as string,
  size: row.size as number,
  etag: row.etag as string,
  modified: row.modified as number,
  ...(row.parts === null ? {} : { parts: row.parts as number }),
  storageClass: row.storage_class as string,
  attributes: JSON.parse(row.attributes as string),
  tags: JSON.parse(row.tags as string),
  checksum: {
    algorithm: row.checksum_algorithm,
    type: row.checksum_type,
    value: row.checksum,
  } as StoredObject['checksum'],
})

const partOf = (row: Row): Part => ({ ...(row as unknown as Part), checksums: JSON.parse(row.checksums as string) })

export const objectTable = (state: State, files: Files): Objects => {
  state.define(TABLES)
  const latest = state.prepare('select * from s3_objects where bucket = ? and key = ? and latest = 1')
  const version = state.prepare('select * from s3_objects where bucket = ? and key = ? and version = ?')
  const versions = state.prepare('select * from s3_objects where bucket = ? and key = ? order by born desc')
  const put =
    state.prepare(`insert or replace into s3_objects (bucket, key, version, born, latest, marker, content, size, etag, modified,
    parts, storage_class, checksum_algorithm, checksum_type, checksum, tags, attributes)
    values (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const outdate = state.prepare('update s3_objects set latest = 0 where bucket = ? and key = ? and latest = 1')
  const promote = state.prepare(`update s3_objects set latest = 1 where bucket = ?1 and key = ?2
    and born = (select max(born) from s3_objects where bucket = ?1 and key = ?2)`)
  const tag = state.prepare('update s3_objects set tags = ? where bucket = ? and key = ? and version = ?')
  const remove = state.prepare('delete from s3_objects where bucket = ? and key = ? and version = ?')
  const any = state.prepare('select 1 from s3_objects where bucket = ? limit 1')
  const anyCurrent = state.prepare('select 1 from s3_objects where bucket = ? and latest = 1 and marker = 0 limit 1')
  const keysAfter = state.prepare(
    'select distinct key from s3_objects where bucket = ? and key > ? order by key limit ?',
  )
  const columns = `key, size, etag, modified, storage_class as storageClass, checksum_algorithm as algorithm,
    checksum_type as type`
  const current = `select ${columns} from s3_objects where latest = 1 and marker = 0 and bucket = ? and key >= ?`
  const fromOn = state.prepare(`${current} order by key`)
  const between = state.prepare(`${current} and key < ? order by key`)
  const all = `select ${columns}, version, born, latest, marker from s3_objects where bucket = ? and key >= ?`
  const versionsFromOn = state.prepare(`${all} order by key, born desc`)
  const versionsBetween = state.prepare(`${all} and key < ? order by key, born desc`)
  const addPart =
    state.prepare(`insert or replace into s3_parts (content, number, file, size, etag, modified, checksums)
    values (?, ?, ?, ?, ?, ?, ?)`)
  const part = state.prepare('select * from s3_parts where content = ? and number = ?')
  const parts = state.prepare('select * from s3_parts where content = ? order by number')
  const pieces = state.prepare('select file, size from s3_parts where content = ? order by number')
  const removePart = state.prepare('delete from s3_parts where content = ? and number = ?')
  const removeParts = state.prepare('delete from s3_parts where content = ? returning file')
  const allFiles = state.prepare('select file from s3_parts')

  const removePartsOf = (content: string) => {
    const gone = removeParts.all(content).map(({ file }) => file as string)
    files.remove(gone, content)
  }
  const one = (row: unknown) => (row === undefined ? undefined : objectOf(row as Row))
  return {
    find(bucket, key) {
      const found = one(latest.get(bucket, key))
      return found?.marker ? undefined : found
    },
    latest: (bucket, key) => one(latest.get(bucket, key)),
    version: (bucket, key, id) => one(version.get(bucket, key, id)),
    versions: (bucket, key) => (versions.all(bucket, key) as Row[]).map(objectOf),
    put(object) {
      const top = one(latest.get(object.bucket, object.key))
      const replaces = top?.version === object.version
      const before = replaces || !top ? top : one(version.get(object.bucket, object.key, object.version))
      if (top && !replaces) outdate.run(object.bucket, object.key)
      const { algorithm, type, value } = object.checksum
      put.run(
        object.bucket,
        object.key,
        object.version,
        object.born,
        object.marker ? 1 : 0,
        object.content,
        object.size,
        object.etag,
        object.modified,
        object.parts ?? null,
        object.storageClass,
        algorithm,
        type,
        value,
        JSON.stringify(object.tags),
        JSON.stringify(object.attributes),
      )
      if (before && before.content !== object.content) removePartsOf(before.content)
    },
    tag: ({ bucket, key, version: id }, tags) => void tag.run(JSON.stringify(tags), bucket, key, id),
    delete({ bucket, key, version: id, content }) {
      remove.run(bucket, key, id)
      if (!latest.get(bucket, key)) promote.run(bucket, key)
      removePartsOf(content)
    },
    isEmpty: (bucket) => any.get(bucket) === undefined,
    hasCurrent: (bucket) => anyCurrent.get(bucket) !== undefined,
    from: (bucket, start, end) =>
      (end === undefined
        ? fromOn.iterate(bucket, start)
        : between.iterate(bucket, start, end)) as unknown as Iterable<Listed>,
    versionsFrom: (bucket, start, end) =>
      (end === undefined
        ? versionsFromOn.iterate(bucket, start)
        : versionsBetween.iterate(bucket, start, end)) as unknown as Iterable<ListedVersion>,
    keysAfter: (bucket, key, count) => keysAfter.all(bucket, key, count).map((row) => row.key as string),
    addPart: ({ content, number, file, size, etag, modified, checksums }) =>
      void addPart.run(content, number, file, size, etag, modified, JSON.stringify(checksums)),
    part(content, number) {
      const row = part.get(content, number) as Row | undefined
      return row && partOf(row)
    },
    parts: (content) => (parts.all(content) as Row[]).map(partOf),
    pieces: (content) => pieces.all(content) as unknown as Piece[],
    removePart({ content, number, file }) {
      removePart.run(content, number)
      files.remove([file])
    },
    removeParts: removePartsOf,
    files: () => new Set(allFiles.all().map(({ file }) => file as string)),
  }
}
