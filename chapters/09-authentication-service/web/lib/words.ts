import { FunctionFailed } from '../../../07-calling-from-a-client/lib/client.ts'
import { neverArrived } from '../../../07-calling-from-a-client/web/lib/words.ts'

/** Errors of AWS that mean: too much at a time. */
const BUSY = ['TooManyRequestsException', 'ThrottlingException', 'LimitExceededException']
/** Errors of AWS that mean: with these credentials not, or no more. */
const REFUSED = ['AccessDeniedException', 'NotAuthorizedException', 'UnrecognizedClientException', 'ForbiddenException']
const EXPIRED = ['ExpiredTokenException', 'ExpiredToken']

export const SESSION_OVER = 'Your session is over: please log in again.'

/** As a sentence: `email must be …` becomes `Email must be ….`. */
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

/**
 * What went wrong, for the person at the page: what they can do, and nothing of how the service is made. What a function
 * expected to go wrong comes with a sentence of its own, `errorType` and `errorMessage` of chapter 9's `lib/failures.ts`.
 */
export const wordsOf = (error: unknown): string => {
  const { name = '', message = '' } = (error ?? {}) as Error
  if (error instanceof FunctionFailed) {
    if (name === 'InvalidInput') return sentence(message)
    if (name === 'NotSignedIn') return SESSION_OVER
    return 'The service failed. Please try again later.'
  }
  if (neverArrived(error)) return 'The service cannot be reached. Are you connected to the network?'
  if (BUSY.includes(name)) return 'Too many people are here at the moment. Please try again in a minute.'
  if (EXPIRED.includes(name)) return SESSION_OVER
  if (REFUSED.includes(name)) return 'The service does not let you do this.'
  return name === 'Error' && message !== '' ? message : 'The service failed. Please try again later.'
}
