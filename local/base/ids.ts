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

/** Random bytes are asked for so many at a time: the system's source takes long to ask, not to answer. */
const POOL = 4096

/** Names and secrets from the system's random source. */
export const randomIds = (): Ids => {
  let pool = Buffer.alloc(0)
  const random = (bytes: number): Buffer => {
    if (pool.length < bytes) pool = randomBytes(Math.max(bytes, POOL))
    const taken = pool.subarray(0, bytes)
    pool = pool.subarray(bytes)
    return taken
  }
  return {
    uuid: () => randomUUID(),
    text(length, alphabet = LOWER) {
      let text = ''
      for (const byte of random(length)) text += alphabet[byte % alphabet.length]
      return text
    },
    secret: (bytes) => random(bytes).toString('base64url'),
  }
}
