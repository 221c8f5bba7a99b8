/** What a bucket holds after a sequence of writes, by the simplest means: S3's rules for versions, uploads and lists. */

export interface ModelVersion {
  id: string
  /** Missing for a delete marker. */
  body?: string
}

export interface ModelUpload {
  key: string
  id: string
  parts: Map<number, { body: string; etag: string }>
}

export interface Model {
  status?: 'Enabled' | 'Suspended'
  /** Of each key the newest first. */
  keys: Map<string, ModelVersion[]>
  uploads: ModelUpload[]
}

export const emptyModel = (): Model => ({ keys: new Map(), uploads: [] })

export const versionsOf = ({ keys }: Model, key: string): ModelVersion[] => keys.get(key) ?? []

export const bodyOf = (model: Model, key: string): string | undefined => versionsOf(model, key)[0]?.body

const keep = ({ keys }: Model, key: string, versions: ModelVersion[]) =>
  void (versions.length > 0 ? keys.set(key, versions) : keys.delete(key))

/** A version on top of those of its key, in the place of the one with its id. */
export const add = (model: Model, key: string, version: ModelVersion): void =>
  keep(model, key, [version, ...versionsOf(model, key).filter(({ id }) => id !== version.id)])

export const drop = (model: Model, key: string, id: string): void =>
  keep(
    model,
    key,
    versionsOf(model, key).filter((version) => version.id !== id),
  )

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** The entries of a list in their order: what keys are shown as, and each shared beginning once. */
export const listed = (
  entries: readonly { key: string; shown: string }[],
  prefix: string,
  delimiter: string,
): string[] => {
  const found: string[] = []
  const ordered = entries.filter(({ key }) => key.startsWith(prefix)).sort((a, b) => byBytes(a.key, b.key))
  for (const { key, shown } of ordered) {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const entry = at < 0 ? shown : `${key.slice(0, at + delimiter.length)}…`
    if (at < 0 || found.at(-1) !== entry) found.push(entry)
  }
  return found
}
