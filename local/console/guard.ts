import { createHash, timingSafeEqual } from 'node:crypto'
import { isOwnHost } from '../base/ownHosts.ts'
import { type Head, refused } from './answers.ts'

/** Who may use the console: a page that this console has sent, and nobody else. */
export interface Guard {
  /** Delivered in the page only; another one at each start. */
  readonly token: string
  /** @throws ServiceError (403) for another host than 127.0.0.1 and localhost, and for what another page causes. */
  checkOrigin(head: Head): void
  /** @throws ServiceError (403) without the token; in the query only where `inQuery`, for what sends no headers. */
  checkToken(head: Head, inQuery: boolean): void
}

const HEADER = 'x-console-token'
const digest = (text: string) => createHash('sha256').update(text).digest()

/** @param token what the pages of this start carry. */
export const createGuard = (token: string): Guard => {
  const right = digest(token)
  return {
    token,
    checkOrigin(head) {
      if (!isOwnHost(head.host)) throw refused(403, 'The console is at 127.0.0.1 or localhost only.')
      // Behind an API that hands on what it is sent, anybody may stand.
      if (head.headers['x-amzn-apigateway-api-id'] !== undefined) throw refused(403, 'APIs may not use the console.')
      const { origin, host = '' } = head.headers
      if (origin !== undefined && origin !== `http://${host.toLowerCase()}`)
        throw refused(403, 'Other pages may not use the console.')
      const site = head.headers['sec-fetch-site']
      if (site === undefined || site === 'same-origin' || site === 'none') return
      // A link from elsewhere leads to the page itself and to nothing else.
      const isLink =
        head.headers['sec-fetch-mode'] === 'navigate' &&
        head.headers['sec-fetch-dest'] === 'document' &&
        !head.path.startsWith('/_console/api/')
      if (!isLink || head.method !== 'GET') throw refused(403, 'Other pages may not use the console.')
    },
    checkToken({ headers, query }, inQuery) {
      const given = headers[HEADER] ?? (inQuery ? query.get('token') : undefined) ?? ''
      if (!timingSafeEqual(digest(given), right)) throw refused(403, 'The token of the console is missing or old.')
    },
  }
}
