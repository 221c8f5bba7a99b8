import { pbkdf2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { config } from './config.ts'

/**
 * Passwords are kept as `$scrypt$ln=17,r=8,p=1$salt$hash` (scrypt: RFC 7914; the form: PHC string format, base64 without
 * padding): the string says how it was made, so the cost can be raised while older ones still work. Users of the book's
 * own service have PBKDF2 instead; who of them logs in gets the new form.
 */

/** What a user has of a password. */
export interface StoredPassword {
  passwordHash: string
  /** Of the book's service only: the salt in base64. */
  passwordSalt?: string
}

const BLOCK_SIZE = 8
const PARALLEL = 1
const SALT_BYTES = 16
const HASH_BYTES = 32

interface Scrypt {
  cost: number
  salt: Buffer
  hash: Buffer
}

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=8,p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

const read = (text: string): Scrypt | undefined => {
  const [, cost, salt = '', hash = ''] = FORM.exec(text) ?? []
  return cost ? { cost: Number(cost), salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') } : undefined
}

const write = ({ cost, salt, hash }: Scrypt): string => {
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$scrypt$ln=${cost},r=${BLOCK_SIZE},p=${PARALLEL}$${text(salt)}$${text(hash)}`
}

const scryptOf = async (password: string, cost: number, salt: Buffer): Promise<Buffer> => {
  const N = 2 ** cost
  // OpenSSL counts a little more than 128·N·r bytes.
  const maxmem = 128 * N * BLOCK_SIZE + 1024 ** 2
  // One password, whichever way a keyboard composes it.
  const text = password.normalize('NFKC')
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, { N, r: BLOCK_SIZE, p: PARALLEL, maxmem }, (error, hash) =>
      error ? reject(error) : resolve(hash),
    )
  })
}

/** A new password as it is stored. */
export const hashOf = async (password: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES)
  return write({ cost: config.scryptCost, salt, hash: await scryptOf(password, config.scryptCost, salt) })
}

const BOOK = { rounds: 4096, bytes: 512, digest: 'sha512' }

/** Exactly as the book: the salt is the base64 TEXT, not the bytes that it stands for. */
const asTheBook = (password: string, salt: string): Promise<Buffer> =>
  promisify(pbkdf2)(password, salt, BOOK.rounds, BOOK.bytes, BOOK.digest)

const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

/** What stands for the user whom nobody has: nothing is equal to it. */
const NOBODY = { salt: randomBytes(SALT_BYTES), bookSalt: randomBytes(BOOK.bytes).toString('base64') }

/** What came of a check. */
export interface Checked {
  right: boolean
  /** The password in today's form, when it was right and is stored in an older one. */
  rehashed?: string
}

/**
 * Whether a password is the stored one. It takes the same time for every user, whether there or not, of today or of the
 * book: always one PBKDF2 and one scrypt. For a user of the book the latter is already the new hash.
 */
export const check = async (password: string, stored: StoredPassword | undefined): Promise<Checked> => {
  const known = stored && read(stored.passwordHash)
  const old = stored && !known && stored.passwordSalt ? stored : undefined
  const book = await asTheBook(password, old?.passwordSalt ?? NOBODY.bookSalt)
  const salt = known?.salt ?? (old ? randomBytes(SALT_BYTES) : NOBODY.salt)
  const cost = known?.cost ?? config.scryptCost
  const hash = await scryptOf(password, cost, salt)
  if (known) {
    const right = same(hash, known.hash)
    return right && cost !== config.scryptCost ? { right, rehashed: await hashOf(password) } : { right }
  }
  const right = old !== undefined && same(book, Buffer.from(old.passwordHash, 'base64'))
  return right ? { right, rehashed: write({ cost, salt, hash }) } : { right }
}
