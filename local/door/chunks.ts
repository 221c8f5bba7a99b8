import { createHash } from 'node:crypto'
import { ServiceError } from '../base/errors.ts'
import { EMPTY_SHA256, sha256 } from './canonical.ts'
import * as refuse from './refusals.ts'
import { equal, type Signed } from './signature.ts'

/**
 * The content encoding `aws-chunked` (S3 user guide, "Signature calculations: transferring payload in multiple chunks",
 * and "… including trailing headers"): `<size in hex>[;chunk-signature=<signature>]`, CRLF, bytes, CRLF; last a chunk of
 * size 0, trailers, an empty line.
 */
export interface Chunking {
  /** Each chunk is signed; the first signature builds on the request's own. */
  signed: Signed | undefined
  /** Names of the trailers that the client announced, in lower case; undefined where none may come. */
  trailers: readonly string[] | undefined
  /** Called before what comes after the last chunk is read: throws when there were other bytes than there should be. */
  onEnd: () => void
  /** Takes each trailer at the end. */
  onTrailer: (name: string, value: string) => void
}

/** All chunks but the last are at least this large. */
const SMALLEST_CHUNK = 8192
const LONGEST_LINE = 1024
const MOST_TRAILERS = 16
/** S3 takes no notice of what comes after the end; here that may be so many bytes. */
const MOST_AFTER = 65_536
/** `<size in hex>[;chunk-signature=<signature>]`, with spaces around its signs or without. */
const HEAD = /^([0-9a-f]{1,16})\s*(?:;\s*chunk-signature\s*=\s*([^\s;]+)\s*)?$/i

const broken = () => new ServiceError('IncompleteBody', 'The request body terminated unexpectedly', { status: 400 })
export const malformedTrailer = () =>
  new ServiceError(
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    { status: 400 },
  )

/** The bytes inside the chunks, as they come. A chunk is never held whole. */
export async function* unchunk(source: AsyncIterable<Buffer>, chunking: Chunking): AsyncGenerator<Buffer> {
  const reader = readerOf(source)
  const check = chunking.signed && chunkSignatures(chunking.signed)
  let before = SMALLEST_CHUNK
  for (let count = 1; ; count++) {
    const line = HEAD.exec(await reader.line())
    if (!line || (check && line[2] === undefined)) throw broken()
    let left = Number.parseInt(line[1] as string, 16)
    if (left > 0 && before < SMALLEST_CHUNK)
      throw new ServiceError(
        'InvalidChunkSizeError',
        'Only the last chunk is allowed to have a size less than 8192 bytes',
        { status: 403, Chunk: count, BadChunkSize: before },
      )
    before = left
    const hash = check && left > 0 ? createHash('sha256') : undefined
    const last = left === 0
    while (left > 0) {
      const bytes = await reader.take(left)
      left -= bytes.length
      hash?.update(bytes)
      yield bytes
    }
    check?.chunk(hash?.digest('hex') ?? EMPTY_SHA256, line[2] as string)
    if (last) break
    if ((await reader.line()) !== '') throw broken()
  }
  chunking.onEnd()
  await readTrailers(reader, chunking, check)
  for (let after = 0; await reader.more(); ) {
    after += (await reader.take(MOST_AFTER)).length
    if (after > MOST_AFTER) throw malformedTrailer()
  }
}

/** Up to an empty line or the end; of a trailer that comes twice the last one counts. */
const readTrailers = async (reader: Reader, { trailers, onTrailer }: Chunking, check: ChunkSignatures | undefined) => {
  let text = ''
  let signature: string | undefined
  const seen = new Set<string>()
  for (let count = 0; await reader.more(); count++) {
    const line = await reader.line()
    if (line === '') break
    const mark = line.indexOf(':')
    const name = line.slice(0, mark).toLowerCase()
    const value = line.slice(mark + 1).trim()
    if (mark < 1 || count >= MOST_TRAILERS) throw malformedTrailer()
    seen.add(name)
    if (name === 'x-amz-trailer-signature') signature = value
    else {
      if (signature !== undefined || !trailers?.includes(name)) throw malformedTrailer()
      text += `${name}:${value}\n`
      onTrailer(name, value)
    }
  }
  if (trailers?.some((name) => !seen.has(name))) throw malformedTrailer()
  if (!trailers || !check) return
  if (signature === undefined) throw broken()
  check.trailers(text, signature)
}

interface ChunkSignatures {
  chunk(hash: string, given: string): void
  trailers(text: string, given: string): void
}

/** Each chunk's signature is over the one before it, so that none can be taken out, changed or moved. */
const chunkSignatures = ({ claim, timestamp, scope, signingKey }: Signed): ChunkSignatures => {
  let before = claim.signature
  const check = (kind: string, hashes: string, given: string) => {
    const text = `AWS4-HMAC-SHA256-${kind}\n${timestamp}\n${scope}\n${before}\n${hashes}`
    const expected = signingKey(text)
    if (!equal(expected, given)) throw refuse.wrongSignature('s3', { ...claim, signature: given }, text)
    before = expected
  }
  return {
    chunk: (hash, given) => check('PAYLOAD', `${EMPTY_SHA256}\n${hash}`, given),
    trailers: (text, given) => check('TRAILER', sha256(text), given),
  }
}

interface Reader {
  /** The next line, without its end. Trailers of some clients end in a line feed alone. */
  line(): Promise<string>
  /** Between one and `most` bytes. */
  take(most: number): Promise<Buffer>
  /** Whether any byte is left. */
  more(): Promise<boolean>
}

const readerOf = (source: AsyncIterable<Buffer>): Reader => {
  const iterator = source[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const more = async () => {
    while (rest.length === 0) {
      const { done, value } = await iterator.next()
      if (done) return false
      rest = value
    }
    return true
  }
  return {
    more,
    async line() {
      let text = ''
      for (;;) {
        if (!(await more())) throw broken()
        const end = rest.indexOf(10)
        const part = end < 0 ? rest : rest.subarray(0, end)
        if (text.length + part.length > LONGEST_LINE) throw broken()
        text += part.toString('latin1')
        rest = end < 0 ? rest.subarray(rest.length) : rest.subarray(end + 1)
        if (end >= 0) return text.endsWith('\r') ? text.slice(0, -1) : text
      }
    },
    async take(most) {
      if (!(await more())) throw broken()
      const bytes = rest.subarray(0, most)
      rest = rest.subarray(bytes.length)
      return bytes
    },
  }
}
