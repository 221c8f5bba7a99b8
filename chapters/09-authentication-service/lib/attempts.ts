import { createHash } from 'node:crypto'
import type { Context } from 'aws-lambda'

/**
 * Five failures in 15 minutes lock for 15 minutes. A lock that counts failures alone is a gift to whoever wants to keep
 * somebody out, so it counts strangers and devices apart: a device is an identity of the pool that has proven to be the
 * user's, by the right password or by the link of a reset mail, and strangers' failures do not lock it. Who has no such
 * device gets one by a reset. (OWASP: "Slow Down Online Guessing Attacks with Device Cookies".)
 */

const MOST_FAILURES = 5
const WINDOW = 15 * 60_000
const LOCKED_FOR = 15 * 60_000
/** More devices of one user are not remembered; the one that was not seen for longest goes first. */
const MOST_DEVICES = 10

/** When the last failures were, at most five, the oldest first; in ms since the epoch. */
type Failures = number[]

interface Device {
  /** SHA-256 of the identity's id: who reads the table cannot pass for a device. */
  id: string
  /** When it last proved to be the user's. */
  seen: number
  failures: Failures
}

/** What is remembered of failed attempts. */
export interface Attempts {
  strangers: Failures
  devices: Device[]
}

/** The device that a call comes from; nothing for calls without an identity of the pool. */
export const deviceOf = ({ identity }: Pick<Context, 'identity'>): string | undefined =>
  identity?.cognitoIdentityId && createHash('sha256').update(identity.cognitoIdentityId).digest('base64url')

const isLocked = (failures: Failures, now: number): boolean => {
  const [first = 0] = failures
  const last = failures.at(-1) ?? 0
  return failures.length === MOST_FAILURES && last - first <= WINDOW && now < last + LOCKED_FOR
}

const none = (): Attempts => ({ strangers: [], devices: [] })

/**
 * The attempts with one more, which counts as a failure until it proves to be none: so those that run at the same time
 * are counted too.
 * @returns nothing where too many have failed already
 */
export const attempted = (
  before: Attempts | undefined,
  device: string | undefined,
  now: number,
): Attempts | undefined => {
  const { strangers, devices } = before ?? none()
  const known = devices.find(({ id }) => id === device)
  const failures = known?.failures ?? strangers
  if (isLocked(failures, now)) return undefined
  const more = [...failures, now].slice(-MOST_FAILURES)
  return known
    ? { strangers, devices: devices.map((one) => (one === known ? { ...known, failures: more } : one)) }
    : { strangers: more, devices }
}

/** The attempts once the one of a certain time has succeeded: it was no failure, and its device is known from now on. */
export const succeeded = (before: Attempts | undefined, device: string | undefined, at: number): Attempts => {
  const { strangers, devices } = before ?? none()
  const isKnown = devices.some(({ id }) => id === device)
  const own = strangers.indexOf(at)
  return {
    strangers: isKnown ? strangers : strangers.filter((_, index) => index !== own),
    devices: withDevice(devices, device, at),
  }
}

/** After a reset nobody but the one who has the mail is known. */
export const forgotten = (device: string | undefined, now: number): Attempts => ({
  strangers: [],
  devices: withDevice([], device, now),
})

/** Devices with one that has just proven to be the user's. */
export const withDevice = (devices: Device[], device: string | undefined, now: number): Device[] =>
  device === undefined
    ? devices
    : [...devices.filter(({ id }) => id !== device), { id: device, seen: now, failures: [] }]
        .sort((a, b) => a.seen - b.seen)
        .slice(-MOST_DEVICES)
