import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { Session, Sessions } from '../iam/sessions.ts'
import type { Caller } from '../iam/types.ts'
import { brokenClaim } from './brokenClaims.ts'
import { canonicalRequest, type SigningKey, type SigningKeys, sha256 } from './canonical.ts'
import { type BrokenClaim, type Claim, isBroken } from './claim.ts'
import * as refuse from './refusals.ts'
import type { SiteRequest } from './request.ts'

/** How far a client's clock may be from ours. */
const SKEW = 15 * 60_000
/** A presigned URL lives a week at most; services that do not ask for X-Amz-Expires give it a quarter of an hour. */
const LONGEST_EXPIRY = 604_800
const DEFAULT_EXPIRY = 900

/** A signature that is right: who signed, and what the chunks of the body are signed with. */
export interface Signed {
  caller: Caller
  claim: Claim
  signingKey: SigningKey
  /** `20260131T120000Z` */
  timestamp: string
  /** `20260131/us-east-1/s3/aws4_request` */
  scope: string
}

export interface SignatureOptions {
  clock: Clock
  sessions: Sessions
  keys: SigningKeys
}

/**
 * Takes what the canonical request says of the body, its SHA-256 or S3's `UNSIGNED-PAYLOAD` and the like.
 * @throws ServiceError when the signature is wrong.
 */
export type Check = (payloadHash: string) => Signed

/**
 * Looks at all of a claim that needs no body: form, scope, time, key and token; the check of the signature itself is the
 * function that it gives back. @throws ServiceError, worded as the service would.
 */
export const checkClaim = (
  head: SiteRequest,
  given: Claim | BrokenClaim,
  service: string,
  flavour: refuse.Flavour,
  { clock, sessions, keys }: SignatureOptions,
): Check => {
  if (isBroken(given)) throw brokenClaim(flavour, given, head.headers.authorization)
  const claim = given
  checkScope(claim, service, flavour)
  const now = clock.now()
  const { timestamp, at } = readDate(head, claim, flavour)
  if (claim.from === 'header') {
    if (Math.abs(at - now) > SKEW) throw refuse.skewed(flavour, at, now, SKEW)
  } else checkExpiry(head, flavour, at, now)
  checkSignedHeaders(head, claim, flavour)

  const token = claim.from === 'query' ? (head.query.get('X-Amz-Security-Token') ?? undefined) : undefined
  const session = checkSession(sessions, claim, token ?? head.headers['x-amz-security-token'], flavour, now)

  const scope = `${claim.date}/${claim.region}/${claim.service}/${claim.terminal}`
  return (payloadHash) => {
    const canonical = canonicalRequest(head, service, claim.signedHeaders, payloadHash)
    const stringToSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`
    const signingKey = keys.of(claim.accessKeyId, session.secretAccessKey, scope)
    if (!equal(signingKey(stringToSign), claim.signature))
      throw refuse.wrongSignature(flavour, claim, stringToSign, canonical)
    return { caller: session.caller, claim, signingKey, timestamp, scope }
  }
}

/** The session of an access key, with the token that was `sent` for it. @throws ServiceError */
export const checkSession = (
  sessions: Sessions,
  claim: Claim,
  sent: string | undefined,
  flavour: refuse.Flavour,
  now: number,
): Session => {
  const session = sessions.find(claim.accessKeyId)
  // A key of a session without its token is no key at all.
  if (!session || (session.sessionToken !== undefined && sent === undefined))
    throw refuse.unknownKey(flavour, claim.accessKeyId)
  if (sent !== undefined && !(session.sessionToken !== undefined && equal(session.sessionToken, sent)))
    throw refuse.wrongToken(flavour, sent)
  if (session.expiration !== undefined && session.expiration <= now) throw refuse.expiredToken(flavour, sent ?? '')
  return session
}

/** Compares without telling by its time how much agrees. */
export const equal = (expected: string, given: string): boolean => {
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}

const checkScope = (claim: Claim, service: string, flavour: refuse.Flavour) => {
  const wrong = (s3Text: string, text: string) => refuse.wrongScope(flavour, claim.from, s3Text, text)
  if (claim.service !== service)
    throw wrong(
      `incorrect service "${claim.service}". This endpoint belongs to "${service}".`,
      `Credential should be scoped to correct service: '${service}'. `,
    )
  if (claim.terminal !== 'aws4_request')
    throw wrong(
      `incorrect terminal "${claim.terminal}". This endpoint uses "aws4_request".`,
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${claim.terminal}'. `,
    )
  if (!/^\d{8}$/.test(claim.date))
    throw wrong(
      `incorrect date format "${claim.date}". This date in the credential must be in the format "yyyyMMdd".`,
      `Date in Credential scope does not match YYYYMMDD: '${claim.date}'. `,
    )
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(claim.region))
    throw wrong(
      `the region '${claim.region}' is wrong; expecting 'us-east-1'`,
      `Credential should be scoped to a valid region, not '${claim.region}'. `,
    )
}

const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** ms since the epoch; NaN for what no calendar or clock has. */
const parseAmzDate = (text: string): number => {
  const found = AMZ_DATE.exec(text)
  if (!found) return Number.NaN
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number)
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  const right =
    month >= 1 && month <= 12 && new Date(at).getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return right ? at : Number.NaN
}

/** The time of the request, as sent and in ms, of the same day as the scope. */
const readDate = (head: SiteRequest, claim: Claim, flavour: refuse.Flavour): { timestamp: string; at: number } => {
  const given =
    claim.from === 'query' ? (head.query.get('X-Amz-Date') ?? '') : (head.headers['x-amz-date'] ?? fromDate(head))
  const at = parseAmzDate(given ?? '')
  if (given === undefined || Number.isNaN(at)) throw refuse.noDate(flavour, claim.from, given)
  if (given.startsWith(claim.date)) return { timestamp: given, at }
  const day = given.slice(0, 8)
  throw refuse.wrongScope(
    flavour,
    claim.from,
    `Invalid credential date "${claim.date}". This date is not the same as X-Amz-Date: "${day}".`,
    `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${claim.date}' != '${day}', from '${given}'.`,
  )
}

/** The header Date, where there is no X-Amz-Date: in AWS's form or in HTTP's. */
const fromDate = ({ headers }: SiteRequest): string | undefined => {
  const { date } = headers
  if (date === undefined || AMZ_DATE.test(date)) return date
  const at = Date.parse(date)
  return Number.isNaN(at) ? date : refuse.amzDate(at)
}

const checkExpiry = (head: SiteRequest, flavour: refuse.Flavour, at: number, now: number) => {
  const text = head.query.get('X-Amz-Expires')
  if (text === null && flavour === 's3')
    throw brokenClaim(flavour, { from: 'query', problem: { kind: 'missing', names: ['X-Amz-Expires'] } })
  if (text !== null && !/^-?\d+$/.test(text)) throw refuse.wrongExpires(flavour, 'X-Amz-Expires should be a number')
  const seconds = Number(text ?? DEFAULT_EXPIRY)
  if (seconds < 0) throw refuse.wrongExpires(flavour, 'X-Amz-Expires must be non-negative')
  if (seconds > LONGEST_EXPIRY)
    throw refuse.wrongExpires(
      flavour,
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    )
  if (at > now + SKEW) throw flavour === 's3' ? refuse.notYet(at, seconds, now) : refuse.skewed(flavour, at, now, SKEW)
  if (now > at + seconds * 1000) throw refuse.expired(flavour, at, seconds, now)
}

/** The host must be signed, and for S3 every header of its own, so that nobody on the way can add one. */
const checkSignedHeaders = ({ headers }: SiteRequest, { signedHeaders }: Claim, flavour: refuse.Flavour) => {
  const unsigned = signedHeaders.includes('host') ? [] : ['host']
  if (flavour === 's3')
    for (const name in headers) if (name.startsWith('x-amz-') && !signedHeaders.includes(name)) unsigned.push(name)
  if (unsigned.length > 0) throw refuse.headersNotSigned(flavour, unsigned)
}
