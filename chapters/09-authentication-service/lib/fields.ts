import { domainToASCII } from 'node:url'
import { InvalidInput } from './failures.ts'

/** Characters of a password: fewer are guessed, and more are nobody's, but cost time. */
const PASSWORD = { least: 8, most: 256 }
/** Characters of a name. */
const LONGEST_NAME = 100
/** Of an address and of the part before its @ (RFC 5321, 4.5.3.1). */
const LONGEST_ADDRESS = 254
const LONGEST_LOCAL = 64

/** What may stand before the @ without quotes (RFC 5322, 3.4.1): no space, no line feed, nothing that begins a header. */
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/

/** A field of an event that must be text. Only the event's own fields count, not those of every object. */
const textIn = (event: unknown, field: string): string => {
  const value =
    event && typeof event === 'object' && Object.hasOwn(event, field) ? Reflect.get(event, field) : undefined
  if (typeof value !== 'string' || value === '') throw new InvalidInput(`${field} must be text that is not empty`)
  // Half of a surrogate pair becomes another character on its way to a hash, a table or a mail.
  if (!value.isWellFormed()) throw new InvalidInput(`${field} must be well-formed Unicode`)
  return value
}

/**
 * The address in the field `email`, as it is stored: in lower case, without spaces around it, the domain in ASCII.
 * So `John@Example.com` is no second user.
 * @throws InvalidInput
 */
export const emailIn = (event: unknown): string => {
  const text = textIn(event, 'email')
  const refused = new InvalidInput('email must be an e-mail address')
  // Before anything is done with it: work must not grow with what a stranger sends.
  if (text.length > 2 * LONGEST_ADDRESS) throw refused
  const trimmed = text.trim()
  const at = trimmed.lastIndexOf('@')
  const local = trimmed.slice(0, Math.max(at, 0)).toLowerCase()
  const domain = domainToASCII(trimmed.slice(at + 1))
  const address = `${local}@${domain}`
  const isAddress = LOCAL.test(local) && local.length <= LONGEST_LOCAL && DOMAIN.test(domain)
  if (!isAddress || address.length > LONGEST_ADDRESS) throw refused
  return address
}

/** A password to be checked: any text that a password can be. @throws InvalidInput */
export const passwordIn = (event: unknown, field = 'password'): string => {
  const text = textIn(event, field)
  if (text.length > PASSWORD.most) throw new InvalidInput(`${field} must have at most ${PASSWORD.most} characters`)
  return text
}

/** A password to be set. @throws InvalidInput */
export const newPasswordIn = (event: unknown, field = 'password'): string => {
  const text = passwordIn(event, field)
  if ([...text].length < PASSWORD.least)
    throw new InvalidInput(`${field} must have at least ${PASSWORD.least} characters`)
  return text
}

/** The field `name`, without spaces around it; nothing when it is absent, empty or blank. @throws InvalidInput */
export const nameIn = (event: { name?: unknown } | null): string | undefined => {
  const given = event?.name
  if (given === undefined || given === null || given === '') return undefined
  const name = textIn(event, 'name').trim()
  if (name.length > LONGEST_NAME) throw new InvalidInput(`name must have at most ${LONGEST_NAME} characters`)
  if (/\p{Cc}|[\u2028\u2029]/u.test(name)) throw new InvalidInput('name must have no control characters')
  return name === '' ? undefined : name
}

/** A token as a mail's link brings it; whether it is right is another question. @throws InvalidInput */
export const tokenIn = (event: unknown, field: 'verify' | 'lost'): string => {
  const text = textIn(event, field)
  if (text.length > 1024) throw new InvalidInput(`${field} must have at most 1024 characters`)
  return text
}
