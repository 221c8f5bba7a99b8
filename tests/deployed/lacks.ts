const ERROR_TYPE = 'whatever a handler throws has the errorType Runtime.HandlerError there'

/**
 * What MiniStack does not do of what the chains look at, by chapter and step: why the step is not taken there. Chains on
 * AWS and on the local cloud take every step.
 */
export const MINISTACK_LACKS: Record<string, string | undefined> = {
  '01: gives the error of a refused event': ERROR_TYPE,
  '02: gives the error of a refused event': ERROR_TYPE,
  '05: lets each level of service read its own pictures only': 'it enforces no IAM policies',
}
