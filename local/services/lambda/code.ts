import { createHash } from 'node:crypto'
import { ServiceError } from '../../base/errors.ts'
import type { Bytes, Call } from '../service.ts'
import { invalid, refusal } from './names.ts'
import type { LambdaFunction, LambdaStore, StoredCode } from './types.ts'
import { LARGEST_UNZIPPED, unpack } from './zip.ts'

/** A package that comes in the request itself. */
const LARGEST_DIRECT = 52_428_800

/** Where a request says that the code is. */
export interface CodeInput {
  ZipFile?: Uint8Array
  S3Bucket?: string
  S3Key?: string
  S3ObjectVersion?: string
  ImageUri?: string
  /**
   * Code of this machine, with the template's esbuild block if it is to be bundled: how the stack gives it, in process.
   * Nothing from outside can: reading a request drops what its model does not have.
   */
  SourceFolder?: string
  Build?: Record<string, unknown>
}

const collect = async (body: Bytes | undefined, most: number): Promise<Uint8Array> => {
  if (typeof body === 'string' || body === undefined) return Buffer.from(body ?? '')
  if (body instanceof Uint8Array) return body
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body as AsyncIterable<Uint8Array>) {
    size += part.length
    if (size > most) throw invalid(`Unzipped size must be smaller than ${LARGEST_UNZIPPED} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** The package of a bucket, read as the one who asks. */
const fromBucket = async ({ S3Bucket, S3Key, S3ObjectVersion }: CodeInput, call: Call<LambdaStore>) => {
  try {
    const got = await call
      .cloud('s3')
      .GetObject({ Bucket: S3Bucket as string, Key: S3Key as string, VersionId: S3ObjectVersion })
    return await collect(got.Body as Bytes | undefined, LARGEST_UNZIPPED)
  } catch (error) {
    if (!(error instanceof ServiceError) || error.fields.Type === 'User') throw error
    const { code, message } = error
    if (code === 'AccessDenied')
      throw refusal(
        'AccessDeniedException',
        `Your access has been denied by S3, please make sure your request credentials have permission to GetObject for ${S3Bucket}/${S3Key}. S3 Error Code: ${code}. S3 Error Message: ${message}`,
        { status: 403 },
      )
    throw invalid(`Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`)
  }
}

/** @throws ServiceError `InvalidParameterValueException` unless the request names exactly one place */
const checkPlace = ({ ZipFile, S3Bucket, S3Key, S3ObjectVersion, ImageUri, SourceFolder }: CodeInput) => {
  if (ImageUri !== undefined) throw invalid('The local cloud runs deployment packages only, no container images.')
  if (SourceFolder !== undefined) return
  const bucket = S3Bucket !== undefined || S3Key !== undefined || S3ObjectVersion !== undefined
  if (ZipFile !== undefined && bucket)
    throw invalid('Please do not provide other FunctionCode parameters when providing a ZipFile.')
  if (ZipFile === undefined && !bucket) throw invalid('Please provide a source for function code.')
  if (ZipFile === undefined && !S3Bucket) throw invalid('S3Bucket is required with S3Key.')
  if (ZipFile === undefined && !S3Key) throw invalid('S3Key is required with S3Bucket.')
}

/**
 * Takes in the code that a request brings: a package is unpacked, local sources are only noted.
 * @throws ServiceError `InvalidParameterValueException`, `RequestTooLargeException`, `AccessDeniedException`
 */
export const takeCode = async (input: CodeInput, call: Call<LambdaStore>): Promise<StoredCode> => {
  checkPlace(input)
  const { SourceFolder: folder, Build: build } = input
  if (folder !== undefined) return build ? { kind: 'source', folder, build } : { kind: 'folder', folder }
  const zip = input.ZipFile ?? (await fromBucket(input, call))
  if (input.ZipFile && zip.length > LARGEST_DIRECT)
    throw refusal('RequestTooLargeException', `Zipped size must be smaller than ${LARGEST_DIRECT} bytes`, {
      status: 413,
    })
  const made = call.store.newPackage()
  unpack(zip, made.folder)
  return { kind: 'package', id: made.id, sha256: createHash('sha256').update(zip).digest('base64'), size: zip.length }
}

/** What is known of a function's code: its size in bytes and SHA-256, or why it has none. */
export interface CodeFacts {
  size: number
  sha256?: string
  failure?: string
}

/** What is known without building anything: nothing yet of local sources that nobody has asked for. */
export const knownFacts = (fn: LambdaFunction, store: LambdaStore): CodeFacts =>
  fn.code.kind === 'package' ? fn.code : (store.lastBundle(fn) ?? { size: 0 })

/** Size and sum of the code that runs: local sources are bundled for it. */
export const codeFacts = async (fn: LambdaFunction, store: LambdaStore): Promise<CodeFacts> => {
  if (fn.code.kind === 'package') return fn.code
  try {
    return await store.bundle(fn)
  } catch (error) {
    return { size: 0, failure: (error as Error).message }
  }
}
