import type { State } from '../../base/state.ts'
import type { Files, Piece } from './files.ts'
import type { Listed, Part, StoredObject } from './types.ts'

export interface Objects {
  find(bucket: string, key: string): StoredObject | undefined
  /** Makes it the object of its key; the bytes of the one before go once the transaction is safe. */
  put(object: StoredObject): void
  tag(object: StoredObject, tags: StoredObject['tags']): void
  delete(object: StoredObject): void
  isEmpty(bucket: string): boolean
  /** Objects with keys from `start` on, before `end` if given, in the order of their keys' UTF-8. */
  from(bucket: string, start: string, end: string | undefined): Iterable<Listed>
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

/**
 * Objects have a version from the first table on: `null` for all that a bucket without versioning holds, of which each key
 * has one. `latest` is 1 for the version that a key stands for.
 */
const TABLES = `
  create table if not exists s3_objects (
    bucket text not null, key text not null, version text not null, latest integer not null, content text not null,
    size integer not null, etag text not null, modified integer not null, parts integer, storage_class text not null,
    checksum_algorithm text not null, checksum_type text not null, checksum text not null,
    tags text not null, attributes text not null, primary key (bucket, key, version)) without rowid;
  create table if not exists s3_parts (
    content text not null, number integer not null, file text not null, size integer not null, etag text not null,
    modified integer not null, checksums text not null, primary key (content, number)) without rowid`

type Row = Record<string, string | number | null>

const objectOf = (row: Row): StoredObject => ({
  bucket: row.bucket as string,
  key: row.key as string,
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
  const find = state.prepare('select * from s3_objects where bucket = ? and key = ? and latest = 1')
  const put =
    state.prepare(`insert or replace into s3_objects (bucket, key, version, latest, content, size, etag, modified,
    parts, storage_class, checksum_algorithm, checksum_type, checksum, tags, attributes)
    values (?, ?, 'null', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const tag = state.prepare('update s3_objects set tags = ? where bucket = ? and key = ? and content = ?')
  const remove = state.prepare('delete from s3_objects where bucket = ? and key = ? and content = ?')
  const any = state.prepare('select 1 from s3_objects where bucket = ? limit 1')
  const columns = `key, size, etag, modified, storage_class as storageClass, checksum_algorithm as algorithm,
    checksum_type as type`
  const fromOn = state.prepare(`select ${columns} from s3_objects where bucket = ? and key >= ? and latest = 1
    order by key`)
  const between = state.prepare(`select ${columns} from s3_objects where bucket = ? and key >= ? and key < ?
    and latest = 1 order by key`)
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
    state.committed(() => files.remove(gone, content))
  }
  const findObject = (bucket: string, key: string) => {
    const row = find.get(bucket, key) as Row | undefined
    return row && objectOf(row)
  }
  return {
    find: findObject,
    put(object) {
      const before = findObject(object.bucket, object.key)
      const { algorithm, type, value } = object.checksum
      put.run(
        object.bucket,
        object.key,
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
    tag: ({ bucket, key, content }, tags) => void tag.run(JSON.stringify(tags), bucket, key, content),
    delete({ bucket, key, content }) {
      remove.run(bucket, key, content)
      removePartsOf(content)
    },
    isEmpty: (bucket) => any.get(bucket) === undefined,
    from: (bucket, start, end) =>
      (end === undefined
        ? fromOn.iterate(bucket, start)
        : between.iterate(bucket, start, end)) as unknown as Iterable<Listed>,
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
      state.committed(() => files.remove([file]))
    },
    removeParts: removePartsOf,
    files: () => new Set(allFiles.all().map(({ file }) => file as string)),
  }
}
