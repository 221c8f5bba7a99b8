import { ServiceError } from '../base/errors.ts'
import type { Flavour } from './refusals.ts'
import type { Signed } from './signature.ts'
import type { Visit } from './visit.ts'

/** The key `local` is public: nothing that a browser sends by itself may be signed with it. */
export const checkPublicKey = ({ caller, claim }: Signed, { head, hosts }: Visit, flavour: Flavour) => {
  if (caller.kind !== 'user') return
  const { headers, method, host } = head
  const site = headers['sec-fetch-site']
  // What stays allowed: a presigned URL of an object, typed or pasted into the address bar.
  const typed = site === 'none' && flavour === 's3' && (method === 'GET' || method === 'HEAD')
  const byPage = headers.origin !== undefined || (site !== undefined && !typed)
  // A browser marks what a page asks of a loopback address, but not what it asks of another one; without a preflight,
  // which tells its Origin, it can only ask by URL.
  const unmarked = claim.from === 'query' && !hosts.isLoopback(host)
  // Behind an API that hands on what it is sent, anybody may stand, pages too.
  const byApi = headers['x-amzn-apigateway-api-id'] !== undefined
  if (byPage || unmarked || byApi)
    throw new ServiceError(
      flavour === 's3' || flavour === 'query' ? 'AccessDenied' : 'AccessDeniedException',
      `The access key ${claim.accessKeyId} is for programs on this machine: web pages may not use it.`,
      { status: 403 },
    )
}
