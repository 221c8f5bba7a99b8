/*
 * What an environment and its runtime say to each other, over two pipes of their own.
 *
 * The runtime speaks on descriptor 3: frames of a type (1 byte), a length (4 bytes) and a body, written synchronously,
 * so that log lines and the answer arrive in their order, nothing is lost when the process exits, and a function that
 * floods its log waits for the reader. Descriptor 4 brings the requests: the lengths of header and payload (4 bytes
 * each), the header in JSON, the payload as it is.
 */

export const FROM_RUNTIME = 3
export const TO_RUNTIME = 4

/** Types of frames. */
export const frame = {
  /** The module is loaded; body: the resident memory in KB (4 bytes). */
  ready: 1,
  /** The module did not load; body: `ErrorDocument`. */
  initError: 2,
  /** The answer; body: the resident memory, then JSON. */
  response: 3,
  /** The handler failed; body: the resident memory, then an `ErrorDocument`. */
  error: 4,
  /** Something failed that nobody waited for, and the process ends; body: as above. */
  fatal: 5,
  /** A line of the log, written during an invocation by its own code. */
  log: 6,
  /** A line of the log from elsewhere: while the module was loaded, or by work left over from an earlier invocation. */
  otherLog: 7,
  /** The runtime has taken an event; no body. */
  begun: 8,
} as const

/** An answer of at most 6,291,556 bytes, escaped and with an error's trace, stays far below this. */
export const LONGEST_FRAME = 32 * 1024 * 1024

export interface ErrorDocument {
  errorType: string
  errorMessage: string
  trace?: string[]
}

/** Asks the runtime to load the handler, or to run it. */
export type RuntimeRequest =
  | { kind: 'init' }
  | {
      kind: 'invoke'
      requestId: string
      functionArn: string
      /** ms until the invocation times out */
      remaining: number
      traceId: string
      clientContext?: unknown
      identity?: unknown
    }

const HEAD = 5

/** Writes a frame, all of it, however long the reader takes. */
export const writeFrame = (type: number, ...parts: Uint8Array[]): void => {
  const head = Buffer.allocUnsafe(HEAD)
  head.writeUInt8(type)
  head.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 0),
    1,
  )
  const { writeSync } = process.getBuiltinModule('node:fs')
  let rest: Uint8Array = parts.length === 0 ? head : Buffer.concat([head, ...parts])
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(FROM_RUNTIME, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') process.exit(1) // nobody reads any more
    }
  }
}

/** Puts frames together from what a pipe brings. Throws when what comes is no frame. */
export const frameReader = (take: (type: number, body: Buffer) => void): ((chunk: Buffer) => void) => {
  let chunks: Buffer[] = []
  let have = 0
  let need = HEAD
  return (chunk) => {
    chunks.push(chunk)
    have += chunk.length
    if (have < need) return
    let data = chunks.length === 1 ? chunk : Buffer.concat(chunks)
    for (;;) {
      need = HEAD
      if (data.length < HEAD) break
      const length = data.readUInt32BE(1)
      if (length > LONGEST_FRAME) throw new Error(`A frame of ${length} bytes`)
      need = HEAD + length
      if (data.length < need) break
      take(data.readUInt8(), data.subarray(HEAD, need))
      data = data.subarray(need)
    }
    chunks = data.length > 0 ? [data] : []
    have = data.length
  }
}

export const encodeRequest = (request: RuntimeRequest, payload: Uint8Array = new Uint8Array()): Buffer => {
  const header = JSON.stringify(request)
  const length = Buffer.byteLength(header)
  const all = Buffer.allocUnsafe(8 + length + payload.length)
  all.writeUInt32BE(length)
  all.writeUInt32BE(payload.length, 4)
  all.write(header, 8)
  all.set(payload, 8 + length)
  return all
}

/** The runtime's side of `encodeRequest`. */
export const requestReader = (take: (request: RuntimeRequest, payload: Buffer) => void): ((chunk: Buffer) => void) => {
  let chunks: Buffer[] = []
  let have = 0
  let need = 8
  return (chunk) => {
    chunks.push(chunk)
    have += chunk.length
    while (have >= need) {
      const data = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      const header = data.readUInt32BE()
      const total = 8 + header + data.readUInt32BE(4)
      chunks = [data]
      need = total
      if (have < total) return
      const rest = data.subarray(total)
      chunks = [rest]
      have = rest.length
      need = 8
      take(JSON.parse(data.toString('utf8', 8, 8 + header)), data.subarray(8 + header, total))
    }
  }
}
