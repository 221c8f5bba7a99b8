/** What the owner says of a picture. */
export interface Texts {
  /** May be empty. */
  title: string
  description: string
}

/** All user metadata of an object together, names and values, in bytes (S3 user guide, "Working with object metadata"). */
const LARGEST = 2048
const ENTRY = 'data'

/** The texts do not fit into the metadata of an object. */
export class TextsTooLong extends Error {
  override readonly name = 'TextsTooLong'
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * The texts in a picture's user metadata: the one entry `data` holds JSON with `title` and `description`, percent-encoded,
 * as metadata is ASCII. What else it claims, `isPublic` too, is ignored; what cannot be read is empty.
 */
export const textsIn = (metadata: Record<string, string> | undefined): Texts => {
  try {
    const data: unknown = JSON.parse(decodeURIComponent(metadata?.[ENTRY] ?? '{}'))
    const { title, description } = (data ?? {}) as Partial<Record<string, unknown>>
    return { title: textOf(title), description: textOf(description) }
  } catch {
    return { title: '', description: '' }
  }
}

/**
 * The user metadata of a picture with these texts, for `PutObject` and `CopyObject`.
 * @throws TextsTooLong beyond 2 KB, percent-encoded
 */
export const metadataOf = ({ title, description }: Texts): Record<string, string> => {
  const data = encodeURIComponent(JSON.stringify({ title, description }))
  if (ENTRY.length + data.length > LARGEST)
    throw new TextsTooLong(
      `title and description together take ${data.length} bytes in the picture's metadata, of ${LARGEST} at most`,
    )
  return { [ENTRY]: data }
}
