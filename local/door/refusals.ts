import { ServiceError } from '../base/errors.ts'
import type { Protocol } from '../wire/types.ts'
import type { Claim } from './claim.ts'

/**
 * How AWS words what the door refuses. S3 has codes of its own ("Error responses" in its API reference); the others share
 * the signature check, and its codes end in `Exception` unless the service speaks the query protocol ("Common errors").
 */

/** Which of AWS's ways of refusing a service has. */
export type Flavour = 's3' | 'json' | 'restJson' | 'query'

export const flavourOf = (service: string, protocol: Protocol): Flavour =>
  service === 's3' ? 's3' : protocol === 'query' ? 'query' : protocol === 'restJson' ? 'restJson' : 'json'

/** A refusal in S3's own words. */
export const s3 = (code: string, status: number, message: string, fields: Record<string, unknown> = {}) =>
  new ServiceError(code, message, { ...fields, status })

/** A refusal by the signature check that all services but S3 share. */
export const common = (flavour: Flavour, code: string, message: string) => {
  const query = flavour === 'query'
  return new ServiceError(query ? (QUERY_CODES[code] ?? code) : `${code}Exception`, message, {
    status: flavour === 'json' || code === 'IncompleteSignature' ? 400 : 403,
  })
}

const QUERY_CODES: Record<string, string> = {
  InvalidSignature: 'SignatureDoesNotMatch',
  UnrecognizedClient: 'InvalidClientTokenId',
}

const INVALID_TOKEN = 'The security token included in the request is invalid.'

/** Nobody signed, and the operation is not for everybody. */
export const unsigned = (flavour: Flavour) =>
  flavour === 's3'
    ? s3('AccessDenied', 403, 'Access Denied')
    : common(flavour, 'MissingAuthenticationToken', 'Missing Authentication Token')

export const unknownKey = (flavour: Flavour, accessKeyId: string) =>
  flavour === 's3'
    ? s3('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.', {
        AWSAccessKeyId: accessKeyId,
      })
    : common(flavour, 'UnrecognizedClient', INVALID_TOKEN)

export const wrongToken = (flavour: Flavour, token: string) =>
  flavour === 's3'
    ? s3('InvalidToken', 400, 'The provided token is malformed or otherwise invalid.', { 'Token-0': token })
    : common(flavour, 'UnrecognizedClient', INVALID_TOKEN)

export const expiredToken = (flavour: Flavour, token: string) =>
  flavour === 's3'
    ? s3('ExpiredToken', 400, 'The provided token has expired.', { 'Token-0': token })
    : common(flavour, 'ExpiredToken', 'The security token included in the request is expired')

const spaced = (text: string) =>
  Buffer.from(text, 'latin1')
    .toString('hex')
    .replace(/(..)(?!$)/g, '$1 ')

/** The signature is wrong. S3 shows what it signed itself, which tells only what the client sent. */
export const wrongSignature = (flavour: Flavour, claim: Claim, stringToSign: string, canonical?: string) =>
  flavour === 's3'
    ? s3(
        'SignatureDoesNotMatch',
        403,
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
        {
          AWSAccessKeyId: claim.accessKeyId,
          StringToSign: stringToSign,
          SignatureProvided: claim.signature,
          StringToSignBytes: spaced(stringToSign),
          ...(canonical === undefined ? {} : { CanonicalRequest: canonical, CanonicalRequestBytes: spaced(canonical) }),
        },
      )
    : common(
        flavour,
        'InvalidSignature',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      )

/** The scope names another service, region or end than this request's. `text` is each side's own sentence. */
export const wrongScope = (flavour: Flavour, from: Claim['from'], s3Text: string, text: string) =>
  flavour === 's3'
    ? from === 'header'
      ? s3('AuthorizationHeaderMalformed', 400, `The authorization header is malformed; ${s3Text}`)
      : s3('AuthorizationQueryParametersError', 400, `Error parsing the X-Amz-Credential parameter; ${s3Text}`)
    : common(flavour, 'InvalidSignature', text)

/** No date, or none that reads as `20260131T120000Z`. */
export const noDate = (flavour: Flavour, from: Claim['from'], given: string | undefined) => {
  if (flavour === 's3')
    return from === 'query'
      ? s3(
          'AuthorizationQueryParametersError',
          400,
          "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
        )
      : s3('AccessDenied', 403, 'AWS authentication requires a valid Date or x-amz-date header')
  return common(
    flavour,
    'IncompleteSignature',
    given === undefined
      ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
      : `Date must be in ISO-8601 'basic format'. Got '${given}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  )
}

/** `20260131T120000Z` */
export const amzDate = (ms: number): string => new Date(ms).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')

const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, '')

/** The request's time is too far from ours. All times in ms; `skew` is how far they may be apart. */
export const skewed = (flavour: Flavour, at: number, now: number, skew: number) => {
  if (flavour === 's3')
    return s3(
      'RequestTimeTooSkewed',
      403,
      'The difference between the request time and the current time is too large.',
      {
        RequestTime: amzDate(at),
        ServerTime: iso(now),
        MaxAllowedSkewMilliseconds: skew,
      },
    )
  const minutes = skew / 60_000
  return common(
    flavour,
    'InvalidSignature',
    at < now
      ? `Signature expired: ${amzDate(at)} is now earlier than ${amzDate(now - skew)} (${amzDate(now)} - ${minutes} min.)`
      : `Signature not yet current: ${amzDate(at)} is still later than ${amzDate(now + skew)} (${amzDate(now)} + ${minutes} min.)`,
  )
}

/** A presigned URL whose time is over. */
export const expired = (flavour: Flavour, at: number, seconds: number, now: number) =>
  flavour === 's3'
    ? s3('AccessDenied', 403, 'Request has expired', {
        'X-Amz-Expires': seconds,
        Expires: iso(at + seconds * 1000),
        ServerTime: iso(now),
      })
    : common(
        flavour,
        'InvalidSignature',
        `Signature expired: ${amzDate(at)} is now earlier than ${amzDate(now - seconds * 1000)} (${amzDate(now)} - ${seconds} s.)`,
      )

/** A presigned URL of S3 whose time is still to come. */
export const notYet = (at: number, seconds: number, now: number) =>
  s3('AccessDenied', 403, 'Request is not yet valid', {
    'X-Amz-Expires': seconds,
    Expires: iso(at + seconds * 1000),
    ServerTime: iso(now),
  })

export const wrongExpires = (flavour: Flavour, text: string) =>
  flavour === 's3' ? s3('AuthorizationQueryParametersError', 400, text) : common(flavour, 'IncompleteSignature', text)

/** Headers that must be signed and are not. */
export const headersNotSigned = (flavour: Flavour, names: string[]) =>
  flavour === 's3'
    ? s3('AccessDenied', 403, 'There were headers present in the request which were not signed', {
        HeadersNotSigned: names.join(', '),
      })
    : common(
        flavour,
        'InvalidSignature',
        names.map((name) => `'${capital(name)}' must be a 'SignedHeader' in the AWS Authorization.`).join(' '),
      )

const capital = (name: string) => name.replace(/^[a-z]/, (c) => c.toUpperCase())

export const tooLarge = (flavour: Flavour, largest: number) =>
  flavour === 's3'
    ? s3('MaxMessageLengthExceeded', 400, 'Your request was too big.', { MaxMessageLengthBytes: largest })
    : new ServiceError(
        flavour === 'query' ? 'RequestEntityTooLarge' : 'RequestEntityTooLargeException',
        `Request must be smaller than ${largest} bytes`,
        { status: 413 },
      )

/** No operation of S3 is asked for in this way. */
export const methodNotAllowed = (method: string, bucket: string, path: string) =>
  s3('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', {
    Method: method,
    ResourceType: bucket === '' ? 'SERVICE' : path === '/' ? 'BUCKET' : 'OBJECT',
    headers: { allow: bucket === '' ? 'GET' : 'GET, HEAD, PUT, POST, DELETE' },
  })

/** A method that a subresource of S3 does not have. */
export const notOfSubresource = (method: string, subresource: string, allow: string) =>
  s3('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', {
    Method: method,
    ResourceType: subresource,
    headers: { allow },
  })

/** An operation that the API of the service does not have. */
export const unknownOperation = (flavour: Flavour, action: string | null, version = '') => {
  if (flavour !== 'query')
    return new ServiceError('UnknownOperationException', 'The requested operation is not recognized by the service.', {
      status: 404,
    })
  return action === null
    ? new ServiceError('MissingAction', 'The request is missing an action or a required parameter.', { status: 400 })
    : new ServiceError('InvalidAction', `Could not find operation ${action} for version ${version}`, { status: 400 })
}
