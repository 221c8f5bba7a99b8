import { hash } from 'node:crypto'
import type { BrokenClaim, Claim } from './claim.ts'
import { common, type Flavour, s3 } from './refusals.ts'

/** A claim that does not read as one. `authorization` is the header as sent. */
export const brokenClaim = (flavour: Flavour, { from, problem }: BrokenClaim, authorization = '') =>
  flavour === 's3' ? brokenForS3(from, problem, authorization) : brokenForOthers(flavour, from, problem, authorization)

const brokenForS3 = (from: Claim['from'], problem: BrokenClaim['problem'], authorization: string) => {
  const malformed = (text: string) =>
    from === 'header'
      ? s3('AuthorizationHeaderMalformed', 400, `The authorization header is malformed; ${text}`)
      : s3('AuthorizationQueryParametersError', 400, `Error parsing the X-Amz-Credential parameter; ${text}`)
  switch (problem.kind) {
    case 'both':
      return s3(
        'InvalidArgument',
        400,
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
        { ArgumentName: 'Authorization', ArgumentValue: authorization },
      )
    case 'algorithm':
      if (problem.given === 'AWS')
        return s3(
          'InvalidRequest',
          400,
          'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
        )
      return from === 'query'
        ? s3(
            'AuthorizationQueryParametersError',
            400,
            'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"',
          )
        : s3('InvalidArgument', 400, 'Unsupported Authorization Type', {
            ArgumentName: 'Authorization',
            ArgumentValue: authorization,
          })
    case 'missing':
      return from === 'header'
        ? malformed('the authorization header requires three components: Credential, SignedHeaders, and Signature.')
        : s3(
            'AuthorizationQueryParametersError',
            400,
            'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
          )
    case 'component':
      return malformed(`the authorization component "${problem.given}" is malformed.`)
    case 'credential':
      return malformed('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".')
  }
}

const brokenForOthers = (
  flavour: Flavour,
  from: Claim['from'],
  problem: BrokenClaim['problem'],
  authorization: string,
) => {
  const incomplete = (text: string) => common(flavour, 'IncompleteSignature', text)
  switch (problem.kind) {
    case 'both':
      return incomplete('Only one auth mechanism allowed: the header Authorization or the parameters of the query.')
    case 'algorithm':
      return from === 'query'
        ? incomplete(`Unsupported AWS 'algorithm': '${problem.given}'.`)
        : incomplete(`Unsupported AWS 'algorithm': '${problem.given}'. Authorization=${problem.given}`)
    case 'missing':
      return incomplete(
        problem.names
          .map((name) =>
            from === 'header'
              ? `Authorization header requires '${name}' parameter.`
              : `AWS query-string parameters must include '${name}'.`,
          )
          .join(' '),
      )
    case 'component':
      return incomplete(
        `'${problem.given}' not a valid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash('sha256', authorization, 'base64')}'.`,
      )
    case 'credential':
      return incomplete(
        `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${problem.given}'`,
      )
  }
}
