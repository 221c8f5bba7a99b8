import { lookup as lookUp } from 'node:dns/promises'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './addresses.ts'

/** A download that was refused or failed: what went wrong, in words for whoever named the address. */
export class DownloadError extends Error {}

/** The address itself cannot be taken. */
export class InvalidAddress extends DownloadError {
  override name = 'InvalidAddress'
}
/** The address leads to a network that is not public: a stranger has no business there. */
export class ForbiddenAddress extends DownloadError {
  override name = 'ForbiddenAddress'
}
export class NotReachable extends DownloadError {
  override name = 'NotReachable'
}
export class BadStatus extends DownloadError {
  override name = 'BadStatus'
}
export class TooManyRedirects extends DownloadError {
  override name = 'TooManyRedirects'
}
export class TooLarge extends DownloadError {
  override name = 'TooLarge'
}
export class TooSlow extends DownloadError {
  override name = 'TooSlow'
}

interface ResolvedAddress {
  address: string
  family: number
}

export interface DownloadOptions {
  /** Bytes of the body, milliseconds in all, redirects that are followed. */
  limits: { bytes: number; ms: number; redirects: number }
  /** Addresses that need not be public. */
  isTrusted?: (url: URL) => boolean
  /** The addresses of a host's name; the system's look-up by default. */
  resolve?: (host: string) => Promise<ResolvedAddress[]>
  isPublic?: (address: string) => boolean
}

const LONGEST = 2048
const REDIRECTS = [301, 302, 303, 307, 308]
const HEADERS = { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'lambda-in-action' }

/** Reads an address, which a stranger wrote. @throws InvalidAddress */
const urlOf = (text: string, base?: URL): URL => {
  const url = text.length <= LONGEST && URL.parse(text, base?.href)
  if (!url) throw new InvalidAddress(`the address must be a URL of at most ${LONGEST} characters`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new InvalidAddress('the address must begin with http:// or https://')
  if (url.username || url.password) throw new InvalidAddress('the address must hold neither a user name nor a password')
  return url
}

/**
 * The addresses to connect to, all of them checked. A host is looked up once: a name that gives another answer the
 * second time has no second time.
 * @throws ForbiddenAddress, NotReachable
 */
const addressesOf = async (url: URL, options: DownloadOptions): Promise<ResolvedAddress[]> => {
  const { resolve = (host) => lookUp(host, { all: true }), isPublic = isPublicAddress, isTrusted } = options
  // The URL has turned 2130706433, 0x7f.1 and their like into 127.0.0.1 already; IPv6 stands in brackets.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  const addresses = family ? [{ address: host, family }] : await resolve(host)
  if (addresses.length === 0) throw new NotReachable('the address cannot be reached')
  if (!isTrusted?.(url) && !addresses.every(({ address }) => isPublic(address)))
    throw new ForbiddenAddress('the address does not lead to the public internet')
  return addresses
}

/** A look-up for a connection that answers with addresses which are known. */
const answering =
  (addresses: ResolvedAddress[]): LookupFunction =>
  (_, { all }, callback) => {
    const [first] = addresses
    if (all) callback(null, addresses)
    else callback(null, first?.address ?? '', first?.family)
  }

/** Asks one address and resolves with the head of the answer. */
const get = (url: URL, addresses: ResolvedAddress[], signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http
    // A connection of its own, which no proxy of the environment serves.
    request(url, { agent: false, lookup: answering(addresses), headers: HEADERS, signal })
      .on('response', resolve)
      .on('error', reject)
      .on('close', () => reject(new Error('closed without an answer')))
      .end()
  })

/** The body of an answer as it came: nothing is inflated. @throws TooLarge as soon as it is */
const bodyOf = async (answer: IncomingMessage, most: number): Promise<Buffer> => {
  const tooLarge = () => new TooLarge(`the file has more than ${most} bytes`)
  if (Number(answer.headers['content-length'] ?? 0) > most) {
    answer.destroy()
    throw tooLarge()
  }
  const parts: Buffer[] = []
  let size = 0
  for await (const part of answer) {
    size += part.length
    if (size > most) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}

const follow = async (address: string, options: DownloadOptions, signal: AbortSignal): Promise<Buffer> => {
  const { limits } = options
  let url = urlOf(address)
  for (let redirects = 0; redirects <= limits.redirects; redirects++) {
    const answer = await get(url, await addressesOf(url, options), signal)
    const { statusCode = 0, headers } = answer
    if (statusCode === 200) return bodyOf(answer, limits.bytes)
    answer.destroy()
    if (!REDIRECTS.includes(statusCode) || headers.location === undefined)
      throw new BadStatus(`the address was answered with the status ${statusCode}`)
    url = urlOf(headers.location, url)
  }
  throw new TooManyRedirects(`the address leads through more than ${limits.redirects} redirects`)
}

/** Settles as the promise does, or fails once the signal comes: a look-up of a name cannot be called back. */
const until = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })

/**
 * Downloads what a stranger names, without letting the stranger reach what is not public: every address that is
 * connected to is checked, after redirects too.
 * @returns the bytes of the body, whatever they are
 * @throws DownloadError with a message that can be shown; its cause is for the log.
 */
export const download = async (address: string, options: DownloadOptions): Promise<Buffer> => {
  const signal = AbortSignal.timeout(options.limits.ms)
  try {
    return await until(follow(address, options, signal), signal)
  } catch (cause) {
    if (cause instanceof DownloadError) throw cause
    if (signal.aborted) throw new TooSlow(`the address took longer than ${options.limits.ms} ms`, { cause })
    throw new NotReachable('the address cannot be reached', { cause })
  }
}
