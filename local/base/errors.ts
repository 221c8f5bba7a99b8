/**
 * An expected refusal of an operation, as AWS words it: the caller sees `code`, `message`, `status` and `fields`.
 * Anything else that is thrown is a fault of ours: logged with its cause, answered with a 500 that says nothing.
 */
export class ServiceError extends Error {
  readonly code: string
  /** The HTTP status; left out, the model of the service says it. */
  readonly status: number | undefined
  /** Members of the error's own shape, like `CancellationReasons`, or of S3's error document, like `BucketName`. */
  readonly fields: Record<string, unknown>
  /** Headers of the answer that carries the refusal, names in lower case: `etag` of a 304, `x-amz-bucket-region`. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: string,
    message: string,
    {
      status,
      headers = {},
      ...fields
    }: { status?: number; headers?: Record<string, string> } & Record<string, unknown> = {},
  ) {
    super(message)
    this.name = code
    this.code = code
    this.status = status
    this.fields = fields
    this.headers = headers
  }
}

/** Something the person at the terminal can mend: printed as one sentence, without a stack trace. */
export class Mistake extends Error {
  override name = 'Mistake'
}
