import type { NormalizedSchema } from '@smithy/core/schema'

export type Protocol = 'json1.0' | 'json1.1' | 'query' | 'restJson' | 'restXml'

/** A request without its body. */
export interface RequestHead {
  method: string
  /** As sent, percent-encoding and all; for S3 without the bucket that the door took off host or path. */
  path: string
  /** Decoded, in the order sent. */
  query: URLSearchParams
  /** Names in lower case; a header sent twice is joined by commas. */
  headers: Readonly<Record<string, string>>
  /** S3 only: the bucket's name, or `''` when the request names none. */
  bucket?: string
}

/**
 * The body of an operation that streams it. Its bytes come as the client sends them, decoded from `aws-chunked`. At its
 * end it throws a ServiceError when the client went away, or when length, payload hash, a chunk's signature, Content-MD5
 * or a checksum is wrong: what was written until then must be thrown away.
 */
export interface StreamedBody extends AsyncIterable<Uint8Array> {
  /** How many bytes the client announced; unknown where it sends them in HTTP chunks without saying. */
  readonly length: number | undefined
  /**
   * Checksums that the client sent, as header or trailer, and that are right: base64 by the member's name
   * (`ChecksumCRC32`, `ChecksumSHA256`…). Complete only once the stream has ended without an error.
   */
  readonly checksums: Readonly<Record<string, string>>
}

/** The whole body, or, for an operation that streams it, its bytes as they come. */
export type Body = Uint8Array | StreamedBody

export interface WireResponse {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array | AsyncIterable<Uint8Array>
}

export interface Route {
  method: string
  pattern: RegExp
  labels: string[]
  literals: [name: string, value: string][]
  required: { query: string[]; headers: string[] }
  weight: number
}

export interface Operation {
  name: string
  status: number
  input: NormalizedSchema
  output: NormalizedSchema
  /** The input's payload is a stream: its bytes are handed on as they come. */
  streams: boolean
  route?: Route
}

export interface ErrorModel {
  code: string
  status: number
  schema?: NormalizedSchema
}

/** A service's model, as its SDK package carries it. */
export interface Model {
  name: string
  protocol: Protocol
  namespace: string
  operations: Map<string, Operation>
  errors: Map<string, ErrorModel>
}

export interface Matched {
  operation: Operation
  /** Labels of the path, decoded. */
  labels: Record<string, string>
}
