import { randomBytes, randomUUID } from 'node:crypto'

/** The one source of random names and secrets of a cloud. */
export interface Ids {
  /** A version 4 UUID: request ids, message ids. */
  uuid(): string
  /** `length` random characters of `alphabet`. */
  text(length: number, alphabet?: string): string
  /** `bytes` random bytes in base64url: secrets and session tokens. */
  secret(bytes: number): string
}

export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
export const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Names and secrets from the system's random source. */
export const randomIds = (): Ids => ({
  uuid: () => randomUUID(),
  text: (length, alphabet = LOWER) =>
    Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join(''),
  secret: (bytes) => randomBytes(bytes).toString('base64url'),
})
