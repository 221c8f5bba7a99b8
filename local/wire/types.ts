import type { Structure } from './shapes.ts'

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

/** How a REST request asks for one operation, besides its method and path. */
export interface Route {
  method: string
  /** With its labels in braces: `/{Key+}`. */
  path: string
  /** The labels of the path, in its order. */
  labels: readonly string[]
  /** Members of the query that must be there, with this value where one is given: `?list-type=2`, `?acl`. */
  literals: readonly (readonly [name: string, value: string])[]
  /** Members of query and head that the model requires; they tell operations on the same path apart. */
  required: { readonly query: readonly string[]; readonly headers: readonly string[] }
  /** The more of both, the more special: of the operations that fit, the most special is meant. */
  weight: number
  /** The value of `x-id` that AWS's newest clients send as a hint, others do not. */
  hint: string | null
}

/** The operations of one method and path, the most special first. */
export interface Crossing {
  /** Whether the path is one below a bucket (S3). */
  bucket: boolean
  path: RegExp
  operations: Operation[]
}

export interface Operation {
  name: string
  /** The HTTP status of an answer that went well. */
  status: number
  /** Undefined: takes nothing. */
  input: Structure | undefined
  /** Undefined: gives nothing. */
  output: Structure | undefined
  /** REST: the members of input and output that have no place of their own in the message, and so stand in its body. */
  inputBody?: Structure
  outputBody?: Structure
  /** The input's payload is a stream: its bytes are handed on as they come. */
  streams: boolean
  route?: Route
}

export interface ErrorModel {
  /** The name of its shape: the code in the JSON protocols, the `name` of what the SDK throws. */
  name: string
  /** The code in the XML protocols. */
  code: string
  status: number
  shape: Structure
}

/** A service's model, as its SDK package carries it. */
export interface Model {
  name: string
  protocol: Protocol
  namespace: string
  /** What stands before `#` in the `__type` of an error of the service's own. */
  errorNamespace: string
  operations: Map<string, Operation>
  /** By the names of their shapes and by their codes. */
  errors: Map<string, ErrorModel>
  /** The ways of the REST protocols, by HTTP method. */
  crossings: Map<string, Crossing[]>
}

export interface Matched {
  operation: Operation
  /** Labels of the path, decoded. */
  labels: Record<string, string>
}
