import { resolve } from 'node:path'
import { type Dict, isDict, type Spot } from '../source.ts'

/** Where a function's code lies: `{ ZipFile }`, `{ S3Bucket, S3Key }`, or a folder of this machine. */
export interface LocalCode {
  /** An absolute path. It stands where `sam build` and `sam deploy` would put the bucket and key of a bundle. */
  SourceFolder: string
  /** `BuildProperties` of the function's Metadata when it is built by esbuild. */
  Build?: Dict
}

/** `s3://bucket/key?versionId=…` */
const S3_URI = /^s3:\/\/([^/?]+)\/([^?]+)(?:\?versionId=([^&]+))?$/

/**
 * The `Code` of an AWS::Lambda::Function for a `CodeUri`, or for a local path in `Code`; the `Content` of a layer.
 * @param folder the template's own: paths are relative to it.
 * @param property the place's name, for messages
 */
export const codeOf = (
  location: unknown,
  metadata: Dict | undefined,
  folder: string,
  refuse: (message: string, ...spots: Spot[]) => Error,
  property = 'CodeUri',
): Dict => {
  if (isDict(location)) {
    if (location.Bucket === undefined || location.Key === undefined)
      throw refuse(`'${property}' requires Bucket and Key properties to be specified.`, location)
    const { Bucket, Key, Version } = location
    return { S3Bucket: Bucket, S3Key: Key, ...(Version === undefined ? {} : { S3ObjectVersion: Version }) }
  }
  if (typeof location !== 'string')
    throw refuse(`'${property}' must be a path, an S3 URI, or a map with Bucket and Key.`)
  const [, bucket, key, version] = S3_URI.exec(location) ?? []
  if (bucket) return { S3Bucket: bucket, S3Key: key, ...(version ? { S3ObjectVersion: version } : {}) }
  if (/^\w+:\/\//.test(location))
    throw refuse(
      `'${property}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.`,
    )
  const method = metadata?.BuildMethod
  if (method !== undefined && method !== 'esbuild')
    throw refuse(`the BuildMethod ${String(method)} is not part of the local cloud; esbuild is.`, [
      metadata as Dict,
      'BuildMethod',
    ])
  const build = metadata?.BuildProperties ?? {}
  if (!isDict(build)) throw refuse('BuildProperties must be a map.', [metadata as Dict, 'BuildProperties'])
  const code: LocalCode = { SourceFolder: resolve(folder, location), ...(method ? { Build: build } : {}) }
  return { ...code }
}
