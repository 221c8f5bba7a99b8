import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Tokens that mails carry: 32 random bytes in base64url. The table holds only their SHA-256, so that whoever reads it
 * has no token. A fast hash will do, as nobody guesses 256 bits.
 */

/** A new token, for a mail. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** What the table holds of a token, in base64url. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** Whether a token is the one whose hash was stored; in constant time. */
export const isToken = (token: string, hash: string | undefined): boolean => {
  const [given, stored] = [Buffer.from(hashOfToken(token)), Buffer.from(hash ?? hashOfToken(newToken()))]
  return given.length === stored.length && timingSafeEqual(given, stored) && hash !== undefined
}
