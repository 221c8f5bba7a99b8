import { FunctionFailed } from '../../../07-calling-from-a-client/lib/client.ts'
import { SESSION_OVER, wordsOf as wordsOfService } from '../../../09-authentication-service/web/lib/words.ts'

/** What AWS says of credentials that have ended. */
const OVER = [
  ...['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'InvalidAccessKeyId'],
  ...['UnrecognizedClientException', 'NotSignedIn'],
]

/** Whether somebody has to log in again. */
export const isSessionOver = (error: unknown): boolean => {
  const { name, message } = (error ?? {}) as Error
  return OVER.includes(name) || message === SESSION_OVER
}

/** What the services say that this page calls and chapter 9's pages do not. */
const WORDS: Record<string, string> = {
  AccessDenied: 'The service does not let you do this.',
  AlreadyThere: 'You have another picture of this name on the other side. Delete that one first, or this one.',
  EntityTooLarge: 'The file is too large.',
  NoSuchPicture: 'The picture is not there any more.',
  NotYours: 'The picture is somebody else’s.',
  RequestTimeTooSkewed: 'The clock of this device is wrong: please set it.',
  SlowDown: 'Too many people are here at the moment. Please try again in a minute.',
  TextsTooLong: 'Title and description are too long: please shorten them.',
}

/** What went wrong, for the person at the page: what they can do, and nothing of how the service is made. */
export const wordsOf = (error: unknown): string => {
  if (isSessionOver(error)) return SESSION_OVER
  const { name } = (error ?? {}) as Error
  const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined
  if (words && (error instanceof FunctionFailed || name !== 'Error')) return words
  return wordsOfService(error)
}
