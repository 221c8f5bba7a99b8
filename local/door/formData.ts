import { ServiceError } from '../base/errors.ts'

/** Bodies of forms, `multipart/form-data` (RFC 7578), as S3 takes them: fields first, then one file, as a stream. */

/** A field as it was sent. */
export interface Field {
  name: string
  value: string
}

export interface Form {
  /** By their names in lower case. */
  fields: Map<string, Field>
  file: {
    /** As the client named it, without a path; undefined where it did not. */
    name: string | undefined
    bytes: AsyncIterable<Uint8Array>
  }
}

/** Most bytes before the file. */
const MOST_BEFORE_FILE = 20_480

const malformed = () =>
  new ServiceError('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.', {
    status: 400,
  })
const tooLong = () =>
  new ServiceError(
    'MaxPostPreDataLengthExceeded',
    'Your POST request fields preceeding the upload file was too large.',
    { status: 400, MaxPostPreDataLengthBytes: MOST_BEFORE_FILE },
  )
const noFile = () =>
  new ServiceError('InvalidArgument', 'POST requires exactly one file upload per request.', {
    status: 400,
    ArgumentName: 'file',
    ArgumentValue: 0,
  })

const FORM = /^multipart\/form-data\s*(;|$)/i

/** @throws ServiceError (412) when the body is no form; MalformedPOSTRequest (400) when it names no boundary. */
export const boundaryOf = (contentType = ''): string => {
  if (!FORM.test(contentType))
    throw new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
      status: 412,
      Condition: 'Bucket POST must be of the enclosure-type multipart/form-data',
    })
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw malformed()
  return boundary
}

const parameter = (disposition: string, name: string): string | undefined => {
  const [, quoted, plain] = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(disposition) ?? []
  return quoted ?? plain
}

/** What a part says of itself. */
const partOf = (head: string): { name: string; filename: string | undefined } => {
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(head)?.[1] ?? ''
  const path = parameter(disposition, 'filename')
  return {
    name: parameter(disposition, 'name') ?? '',
    // Some clients send a path: what follows its last slash, of either kind, is the file's name.
    filename: path?.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1),
  }
}

/**
 * Reads a form up to the first byte of its file; what follows the file is ignored.
 * @throws ServiceError (400) MalformedPOSTRequest, MaxPostPreDataLengthExceeded, InvalidArgument when there is no file
 */
export const readForm = async (source: AsyncIterable<Uint8Array>, boundary: string): Promise<Form> => {
  const chunks = source[Symbol.asyncIterator]()
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter has no line before it.
  let buffer: Buffer = Buffer.from('\r\n')
  let before = 0

  /** Takes in more bytes. @throws when there are none. */
  const fill = async () => {
    const { done, value } = await chunks.next()
    if (done) throw malformed()
    buffer = buffer.length === 0 ? Buffer.from(value) : Buffer.concat([buffer, value])
  }
  /** Takes off all up to `end`, and `end` itself. */
  const until = async (end: Buffer | string): Promise<Buffer> => {
    for (let from = 0; ; ) {
      const at = buffer.indexOf(end, from)
      const taken = at < 0 ? buffer.length : at + end.length
      if (before + taken > MOST_BEFORE_FILE) throw tooLong()
      if (at >= 0) {
        const found = buffer.subarray(0, at)
        buffer = buffer.subarray(taken)
        before += taken
        return found
      }
      from = Math.max(0, buffer.length - end.length + 1)
      await fill()
    }
  }
  /** The bytes of the file; ends at its delimiter, and takes in what is left behind it. */
  async function* file(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = buffer.indexOf(delimiter)
      const safe = at < 0 ? Math.max(0, buffer.length - delimiter.length + 1) : at
      if (safe > 0) {
        const bytes = buffer.subarray(0, safe)
        buffer = buffer.subarray(safe)
        yield bytes
      }
      if (at >= 0) break
      await fill()
    }
    while (!(await chunks.next()).done) buffer = Buffer.alloc(0)
  }

  const fields = new Map<string, Field>()
  await until(delimiter)
  for (;;) {
    while (buffer.length < 2) await fill()
    if (buffer.subarray(0, 2).toString() === '--') throw noFile()
    const rest = (await until('\r\n')).toString().trim()
    if (rest !== '') throw malformed()
    const head = (await until('\r\n\r\n')).toString()
    const { name, filename } = partOf(head)
    if (name.toLowerCase() === 'file') return { fields, file: { name: filename, bytes: file() } }
    const value = (await until(delimiter)).toString()
    if (name !== '') fields.set(name.toLowerCase(), { name, value })
  }
}
