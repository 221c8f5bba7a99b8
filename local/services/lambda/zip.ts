import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32, inflateRawSync } from 'node:zlib'
import { invalid } from './names.ts'

/** Bytes of a deployment package once it is unpacked, at most. */
export const LARGEST_UNZIPPED = 262_144_000

const unreadable = () => invalid('Could not unzip uploaded file. Please check your file, then try to upload again.')

interface Entry {
  name: string
  folder: boolean
  executable: boolean
  deflated: boolean
  size: number
  crc: number
  data: Buffer
}

/** The end of the central directory stands last, behind it at most a comment of 65,535 bytes. */
const endOf = (zip: Buffer): number => {
  const oldest = Math.max(0, zip.length - 22 - 0xffff)
  for (let at = zip.length - 22; at >= oldest; at--) if (zip.readUInt32LE(at) === 0x06054b50) return at
  throw unreadable()
}

/** A name that stays inside the folder: no way up, no root, no drive, no other system's separator. */
const isInside = (name: string): boolean =>
  !/[\0\\]|^\/|^[a-z]:/i.test(name) &&
  name
    .replace(/\/$/, '')
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..')

const entryAt = (zip: Buffer, at: number): { entry: Entry; next: number } => {
  if (zip.readUInt32LE(at) !== 0x02014b50) throw unreadable()
  const [flags, method] = [zip.readUInt16LE(at + 8), zip.readUInt16LE(at + 10)]
  const [packed, size] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)]
  const lengths = [28, 30, 32].map((field) => zip.readUInt16LE(at + field)) as [number, number, number]
  const name = zip.toString('utf8', at + 46, at + 46 + lengths[0])
  const mode = zip.readUInt32LE(at + 38) >>> 16
  if (flags & 1 || (method !== 0 && method !== 8) || !isInside(name)) throw unreadable()
  if ((mode & 0o170000) === 0o120000) throw invalid(`The local cloud takes no packages with symbolic links: ${name}`)
  const local = zip.readUInt32LE(at + 42)
  if (zip.readUInt32LE(local) !== 0x04034b50) throw unreadable()
  const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  if (begin + packed > zip.length) throw unreadable()
  const entry: Entry = {
    name,
    folder: name.endsWith('/'),
    executable: (mode & 0o111) !== 0,
    deflated: method === 8,
    size,
    crc: zip.readUInt32LE(at + 16),
    data: zip.subarray(begin, begin + packed),
  }
  return { entry, next: at + 46 + lengths[0] + lengths[1] + lengths[2] }
}

const entriesOf = (zip: Buffer): Entry[] => {
  const end = endOf(zip)
  const entries: Entry[] = []
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const { entry, next } = entryAt(zip, at)
    entries.push(entry)
    at = next
  }
  return entries
}

/** Inflates no further than the entry says: a bomb with a false size stops there. */
const contentOf = ({ data, deflated, size, crc }: Entry): Buffer => {
  const content = deflated ? inflateRawSync(data, { maxOutputLength: Math.max(1, size) }) : data
  if (content.length !== size || crc32(content) !== crc) throw unreadable()
  return content
}

/**
 * Unpacks a deployment package into `folder`, which must not be there yet; nothing is left of it when that fails.
 * By the central directory, as every unzip does it (format: PKWARE's APPNOTE, 4.3); sums are checked.
 * @throws ServiceError `InvalidParameterValueException`
 */
export const unpack = (bytes: Uint8Array, folder: string): void => {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (zip.length < 22) throw unreadable()
    const entries = entriesOf(zip)
    if (!entries.length) throw invalid('Uploaded file must be a non-empty zip')
    if (entries.reduce((sum, { size }) => sum + size, 0) >= LARGEST_UNZIPPED)
      throw invalid(`Unzipped size must be smaller than ${LARGEST_UNZIPPED} bytes`)
    mkdirSync(folder, { recursive: true })
    for (const entry of entries) {
      const path = join(folder, entry.name)
      mkdirSync(entry.folder ? path : dirname(path), { recursive: true })
      if (!entry.folder) writeFileSync(path, contentOf(entry), { flag: 'wx', mode: entry.executable ? 0o755 : 0o644 })
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    const code = (error as { code?: unknown }).code
    // What zlib, a read beyond the end or two entries of one name throw is the package's fault; a full disk is not.
    if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG') throw unreadable()
    throw typeof code === 'string' && /^(Z_|ERR_OUT_OF_RANGE|ERR_BUFFER)/.test(code) ? unreadable() : error
  }
}
