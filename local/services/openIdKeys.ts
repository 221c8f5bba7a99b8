import type { JSONWebKeySet } from 'jose'
import type { Clock } from '../base/clock.ts'
import { TokenFault } from './openIdClaims.ts'

/** The public keys of an issuer. @throws TokenFault `unreachable` */
export type KeysOf = (issuer: string) => Promise<JSONWebKeySet>

/** How long keys are kept, ms. */
const KEPT = 10 * 60_000
const LARGEST = 256 * 1024
const TIMEOUT = 5000

const fetchJson = async (address: string): Promise<Record<string, unknown>> => {
  const unreachable = (why: string) => new TokenFault('unreachable', `${address}: ${why}`)
  if (!address.startsWith('https://')) throw unreachable('an issuer is reached by https only')
  try {
    const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) })
    if (!answer.ok || !answer.body) throw unreachable(`HTTP status ${answer.status}`)
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of answer.body) {
      size += chunk.length
      if (size > LARGEST) throw unreachable('the answer is too large')
      chunks.push(chunk)
    }
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch (error) {
    throw error instanceof TokenFault ? error : unreachable((error as Error).message)
  }
}

/** Fetches the keys that an issuer publishes (OpenID Connect Discovery 1.0), and keeps them for ten minutes. */
export const publishedKeys = (clock: Clock): KeysOf => {
  const known = new Map<string, { keys: JSONWebKeySet; until: number }>()
  return async (issuer) => {
    const found = known.get(issuer)
    if (found && found.until > clock.now()) return found.keys
    const { jwks_uri: address } = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
    const keys = (await fetchJson(String(address))) as unknown as JSONWebKeySet
    if (!Array.isArray(keys.keys)) throw new TokenFault('unreachable', `${String(address)}: it holds no keys`)
    known.set(issuer, { keys, until: clock.now() + KEPT })
    return keys
  }
}
