import type { State } from '../../base/state.ts'
import type { Files } from './files.ts'
import type { Objects } from './objectTable.ts'
import type { Part, Upload } from './types.ts'

export interface Uploads {
  find(bucket: string, key: string, id: string): Upload | undefined
  /** A bucket's uploads with keys from `start` on, before `end` if given: by key, then by their beginning. */
  from(bucket: string, start: string, end: string | undefined): Iterable<Upload>
  add(upload: Upload): void
  /** Puts a part in the place of the one with its number. */
  putPart(part: Part): void
  /** Ends an upload whose parts belong to an object now. */
  complete(upload: Upload): void
  /** Ends an upload and removes its parts. */
  abort(upload: Upload): void
  abortAll(bucket: string): void
}

type Row = Record<string, string | number | null>

const uploadOf = (row: Row): Upload => ({
  bucket: row.bucket as string,
  key: row.key as string,
  id: row.id as string,
  initiated: row.initiated as number,
  ...JSON.parse(row.rest as string),
})

export const uploadTable = (state: State, files: Files, objects: Objects): Uploads => {
  state.define(`create table if not exists s3_uploads (
    bucket text not null, key text not null, initiated integer not null, id text not null, rest text not null,
    primary key (bucket, key, initiated, id)) without rowid;
    create unique index if not exists s3_uploads_id on s3_uploads (id)`)
  const find = state.prepare('select * from s3_uploads where id = ? and bucket = ? and key = ?')
  const fromOn = state.prepare('select * from s3_uploads where bucket = ? and key >= ? order by key, initiated, id')
  const between = state.prepare(`select * from s3_uploads where bucket = ? and key >= ? and key < ?
    order by key, initiated, id`)
  const add = state.prepare('insert into s3_uploads (bucket, key, initiated, id, rest) values (?, ?, ?, ?, ?)')
  const remove = state.prepare('delete from s3_uploads where id = ?')

  const abort = ({ id }: Upload) => {
    remove.run(id)
    objects.removeParts(id)
  }
  function* from(bucket: string, start: string, end: string | undefined): Generator<Upload> {
    const rows = end === undefined ? fromOn.iterate(bucket, start) : between.iterate(bucket, start, end)
    for (const row of rows as unknown as Iterable<Row>) yield uploadOf(row)
  }
  return {
    find(bucket, key, id) {
      const row = find.get(id, bucket, key) as Row | undefined
      return row && uploadOf(row)
    },
    from,
    add: ({ bucket, key, id, initiated, ...rest }) => void add.run(bucket, key, initiated, id, JSON.stringify(rest)),
    putPart(part) {
      const before = objects.part(part.content, part.number)
      objects.addPart(part)
      if (before) files.remove([before.file])
    },
    complete: ({ id }) => void remove.run(id),
    abort,
    abortAll(bucket) {
      for (const upload of [...from(bucket, '', undefined)]) abort(upload)
    },
  }
}
