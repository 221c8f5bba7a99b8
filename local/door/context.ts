import type { Caller } from '../iam/types.ts'
import type { Context } from '../services/service.ts'
import type { SiteRequest } from './request.ts'
import { originOf } from './routing.ts'
import type { Signed } from './signature.ts'

/** The region of unsigned calls. */
const REGION = 'us-east-1'

/** Who asks, and with which facts; `account` is whose cloud it is, to which anonymous callers come. */
export const contextOf = (head: SiteRequest, requestId: string, account: string, signed?: Signed): Context => {
  const caller: Caller = signed?.caller ?? { kind: 'anonymous', account }
  const { 'user-agent': userAgent, referer } = head.headers
  return {
    caller,
    account: caller.account,
    region: signed?.claim.region ?? REGION,
    facts: {
      requestId,
      sourceIp: head.sourceIp,
      ...(userAgent === undefined ? {} : { userAgent }),
      ...(referer === undefined ? {} : { referer }),
      // What comes by the machine's own loopback is as safe from others as what comes by TLS: policies that want it hold
      // here as they do for the same client on AWS.
      secure: true,
      origin: originOf(head),
      headers: head.headers,
      ...(signed ? { signature: { from: signed.claim.from, timestamp: signed.timestamp } } : {}),
    },
  }
}
