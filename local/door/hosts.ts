import { ServiceError } from '../base/errors.ts'
import type { SiteRequest } from './request.ts'

/**
 * Who may talk to the door at all. The key `local` is public and every web page of the world can make a browser send
 * requests to this machine: what a page from elsewhere causes is refused before anything else looks at it.
 */
export interface Hosts {
  /**
   * `forAll`: pages of every origin may ask, as they may of an API's stage.
   * @throws ServiceError (403) when the request is not meant for us, or comes from a foreign page.
   */
  check(head: SiteRequest, forAll?: boolean): void
  /** Whether the client addressed this machine by a loopback name or address. */
  isLoopback(host: string): boolean
}

const forbidden = (message: string) => new ServiceError('AccessDenied', message, { status: 403 })

/** `addresses` besides 127.0.0.1; `origins` are those of the cloud's websites, asked for what is not the door's own. */
export const createHosts = (
  addresses: readonly string[],
  port: number,
  origins: (origin: string) => boolean = () => false,
): Hosts => {
  const ports = port === 80 ? ['', ':80'] : [`:${port}`]
  const isLoopback = (host: string) => host === '127.0.0.1' || host === 'localhost' || LOCALHOST.test(host)
  // A name that a foreign DNS server points at us (DNS rebinding) is not ours, whatever address it leads to.
  const isOwn = (authority: string) =>
    ports.some((end) => {
      if (!authority.endsWith(end)) return false
      const host = authority.slice(0, authority.length - end.length)
      return isLoopback(host) || addresses.includes(host)
    })
  const isOwnOrigin = (origin: string) =>
    (origin.startsWith('http://') && isOwn(origin.slice('http://'.length))) || origins(origin)
  return {
    isLoopback,
    check({ headers, method }, forAll = false) {
      const host = (headers.host ?? '').toLowerCase()
      if (!isOwn(host)) throw forbidden(`The host must be 127.0.0.1:${port} or a name under localhost, not "${host}".`)
      if (forAll) return
      const { origin, referer } = headers
      if (origin !== undefined) {
        if (!isOwnOrigin(origin)) throw forbidden(`Pages of the origin "${origin}" may not use the local cloud.`)
        return
      }
      // Without an Origin: what a page loads (pictures, scripts, `no-cors`), and a person who follows a link.
      const site = headers['sec-fetch-site']
      if (site === undefined || site === 'none' || site === 'same-origin') return
      const followsLink =
        headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document' && method === 'GET'
      if (!followsLink && !isOwnOrigin(originOf(referer)))
        throw forbidden('Pages from elsewhere may not use the local cloud.')
    },
  }
}

const LOCALHOST = /^[a-z0-9_-][a-z0-9._-]*\.localhost$/

const originOf = (referer = ''): string => (URL.canParse(referer) ? new URL(referer).origin : '')
