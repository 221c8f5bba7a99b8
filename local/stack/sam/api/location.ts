import { resolve } from 'node:path'
import { type Dict, isDict } from '../../source.ts'
import { given, type SamContext, type SamResource } from '../types.ts'

const S3_URI = /^s3:\/\/([^/?]+)\/([^?]+)(?:\?versionId=([^&]+))?$/

/**
 * What `DefinitionUri` becomes: where the definition lies in S3, or, for a file beside the template, which `sam deploy` would
 * put there, its text. Nothing in it is resolved, as on AWS.
 */
export const definitionAt = ({ properties, refuse }: SamResource, { folder, outside }: SamContext): Dict => {
  const { DefinitionUri: uri } = properties
  const spot = [properties, 'DefinitionUri'] as const
  if (isDict(uri)) {
    if (!uri.Bucket || !uri.Key)
      throw refuse("'DefinitionUri' requires Bucket and Key properties to be specified.", spot)
    return { BodyS3Location: given({ Bucket: uri.Bucket, Key: uri.Key, Version: uri.Version }) }
  }
  const [, Bucket, Key, Version] = S3_URI.exec(String(uri)) ?? []
  if (Bucket) return { BodyS3Location: given({ Bucket, Key, Version }) }
  if (typeof uri !== 'string' || /^\w+:\/\//.test(uri))
    throw refuse(
      "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
      spot,
    )
  const path = resolve(folder, uri)
  try {
    return { Body: outside.textOf(path) }
  } catch {
    throw refuse(`there is no file ${path}.`, spot)
  }
}
