import { createHmac, timingSafeEqual } from 'node:crypto'
import { UPPER } from '../base/ids.ts'
import type { MfaDevice } from './directory/records.ts'

/**
 * The one-time codes of a virtual MFA device: TOTP (RFC 6238) as authenticator apps compute it, SHA-1, six digits, a new
 * one every 30 seconds.
 */

const SECONDS = 30
const DIGITS = 6
/** How many steps a device's clock may be off at a request, after what is known of it (RFC 6238, section 5.2). */
const TOLERATED = 1
/** How many steps off two codes in a row may be when a device is enabled or synchronised: ten minutes. */
const SEARCHED = 20

/** The bytes of a base32 text without padding (RFC 4648). */
const bytesOf = (base32: string): Buffer => {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of base32) {
    held = ((held << 5) | UPPER.indexOf(character)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
  }
  return Buffer.from(bytes)
}

/** Which of the periods of 30 seconds a time is in. */
export const stepAt = (now: number): number => Math.floor(now / 1000 / SECONDS)

/** The code of a step. @param seed base32, as in `Base32StringSeed` */
export const codeOf = (seed: string, step: number): string => {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.max(0, step)))
  const hash = createHmac('sha1', bytesOf(seed)).update(counter).digest()
  const truncated = hash.readUInt32BE((hash[hash.length - 1] as number) & 0xf) & 0x7fffffff
  return String(truncated % 10 ** DIGITS).padStart(DIGITS, '0')
}

const isCode = (seed: string, step: number, code: string): boolean => {
  const [expected, given] = [Buffer.from(codeOf(seed, step)), Buffer.from(code)]
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** The device after one of its codes was accepted: each counts once, and none of before it. Nothing for a wrong code. */
export const withCode = (device: MfaDevice, code: string, now: number): MfaDevice | undefined => {
  const current = stepAt(now)
  for (let off = -TOLERATED; off <= TOLERATED; off++) {
    const step = current + device.drift + off
    if (step > device.used && isCode(device.seed, step, code)) return { ...device, used: step, drift: step - current }
  }
  return undefined
}

/**
 * The device once two codes in a row have shown how its clock goes. Nothing where they are none of its own. Codes of a
 * while ago are taken, too; the device then counts as that much behind, as on AWS.
 */
export const synchronised = (
  device: MfaDevice,
  codes: readonly [string, string],
  now: number,
): MfaDevice | undefined => {
  const current = stepAt(now)
  for (let distance = 0; distance <= SEARCHED; distance++)
    for (const step of new Set([current - distance, current + distance]))
      if (step > device.used && isCode(device.seed, step - 1, codes[0]) && isCode(device.seed, step, codes[1]))
        return { ...device, used: step, drift: step - current }
  return undefined
}
