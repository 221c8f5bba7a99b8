import { ServiceError } from '../../base/errors.ts'

/** What S3 refuses, in its words ("Error responses" in its API reference). */

type Fields = Record<string, unknown>

export const refusal = (code: string, status: number, message: string, fields: Fields = {}): ServiceError =>
  new ServiceError(code, message, { ...fields, status })

export const noSuchBucket = (bucket: string) =>
  refusal('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: bucket })

export const noSuchKey = (key: string, headers: Record<string, string> = {}) =>
  refusal('NoSuchKey', 404, 'The specified key does not exist.', { Key: key, headers })

/** A version's id that S3 cannot have given. */
export const invalidVersion = (version: string) =>
  refusal('InvalidArgument', 400, 'Invalid version id specified', { ArgumentName: 'versionId', ArgumentValue: version })

export const noSuchVersion = (key: string, version: string) =>
  refusal('NoSuchVersion', 404, 'The specified version does not exist.', { Key: key, VersionId: version })

/** HEAD has no body to say more. */
export const notFound = (headers: Readonly<Record<string, string>> = {}) =>
  refusal('NotFound', 404, 'Not Found', { headers })

export const noSuchUpload = (uploadId: string) =>
  refusal(
    'NoSuchUpload',
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: uploadId },
  )

export const accessDenied = (message = 'Access Denied') => refusal('AccessDenied', 403, message)

export const invalidArgument = (message: string, name: string, value: unknown) =>
  refusal('InvalidArgument', 400, message, { ArgumentName: name, ArgumentValue: value ?? 'null' })

export const invalidRequest = (message: string) => refusal('InvalidRequest', 400, message)

export const malformedXml = () =>
  refusal(
    'MalformedXML',
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  )

export const preconditionFailed = (condition: string) =>
  refusal('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  })

export const conflict = (condition: string, key: string) =>
  refusal(
    'ConditionalRequestConflict',
    409,
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
    { Condition: condition, Key: key },
  )

/** Something that S3 has and the local cloud has not: S3's own error for a header that it does not take. */
export const notImplemented = (header: string) =>
  refusal('NotImplemented', 501, 'A header you provided implies functionality that is not implemented', {
    Header: header,
  })

export const aclNotSupported = () => refusal('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs')
