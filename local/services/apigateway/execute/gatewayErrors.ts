import type { GatewayResponseType } from '@aws-sdk/client-api-gateway'

/** What API Gateway answers by itself ("Gateway response types for API Gateway"). */
interface Kind {
  readonly status: number
  /** The header `x-amzn-errortype`. */
  readonly errorType: string
  readonly message: string | null
  /** The answer without a template of the API's own. */
  readonly body: (message: string | null) => string
}

const tight = (message: string | null) => JSON.stringify({ message })
/** From the integration on, API Gateway writes a space after the colon. */
const spaced = (message: string | null) => `{"message": ${JSON.stringify(message)}}`
const capital = (message: string | null) => JSON.stringify({ Message: message })

const kind = (status: number, errorType: string, message: string | null, body = tight): Kind => ({
  status,
  errorType: `${errorType}Exception`,
  message,
  body,
})

const FAULT = 'Internal server error'

export const KINDS = {
  ACCESS_DENIED: kind(403, 'AccessDenied', 'User is not authorized to access this resource', capital),
  API_CONFIGURATION_ERROR: kind(500, 'InternalServerError', FAULT, spaced),
  AUTHORIZER_CONFIGURATION_ERROR: kind(500, 'AuthorizerConfiguration', null),
  AUTHORIZER_FAILURE: kind(500, 'AuthorizerConfiguration', null),
  BAD_REQUEST_BODY: kind(400, 'BadRequest', 'Invalid request body', spaced),
  BAD_REQUEST_PARAMETERS: kind(400, 'BadRequest', 'Invalid request parameters', spaced),
  EXPIRED_TOKEN: kind(403, 'ExpiredToken', 'The security token included in the request is expired'),
  INTEGRATION_FAILURE: kind(504, 'InternalServerError', FAULT, spaced),
  INTEGRATION_TIMEOUT: kind(504, 'InternalServerError', 'Endpoint request timed out', spaced),
  INVALID_API_KEY: kind(403, 'Forbidden', 'Forbidden'),
  INVALID_SIGNATURE: kind(
    403,
    'InvalidSignature',
    'The request signature we calculated does not match the signature you provided.',
  ),
  MISSING_AUTHENTICATION_TOKEN: kind(403, 'MissingAuthenticationToken', 'Missing Authentication Token'),
  QUOTA_EXCEEDED: kind(429, 'LimitExceeded', 'Limit Exceeded'),
  REQUEST_TOO_LARGE: kind(413, 'RequestTooLarge', 'Request Too Long'),
  RESOURCE_NOT_FOUND: kind(404, 'NotFound', 'Not Found'),
  THROTTLED: kind(429, 'TooManyRequests', 'Too Many Requests'),
  UNAUTHORIZED: kind(401, 'Unauthorized', 'Unauthorized'),
  UNSUPPORTED_MEDIA_TYPE: kind(415, 'UnsupportedMediaType', 'Unsupported Media Type', spaced),
  WAF_FILTERED: kind(403, 'Forbidden', 'Forbidden'),
} as const satisfies { [Type in Exclude<GatewayResponseType, 'DEFAULT_4XX' | 'DEFAULT_5XX'>]: Kind }

export type ErrorType = keyof typeof KINDS

/** Ends a request with a gateway response. */
export class GatewayError extends Error {
  override name = 'GatewayError'
  readonly type: ErrorType
  /** What the client reads, where it is not the type's own sentence. */
  readonly told: string | null
  readonly status: number
  /** `$context.error.validationErrorString` */
  readonly validation: string | undefined
  /** The line of the execution log: the reason, which the client does not see. */
  readonly reason: string | undefined

  constructor(
    type: ErrorType,
    details: { message?: string; status?: number; validation?: string; reason?: string } = {},
  ) {
    super(details.reason ?? details.message ?? KINDS[type].message ?? type)
    this.type = type
    this.told = details.message ?? KINDS[type].message
    this.status = details.status ?? KINDS[type].status
    this.validation = details.validation
    this.reason = details.reason
  }
}

/** The API is wired wrongly: 500, with the reason in the log only. */
export const misconfigured = (reason: string) =>
  new GatewayError('API_CONFIGURATION_ERROR', { reason: `Execution failed due to configuration error: ${reason}` })
