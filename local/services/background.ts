import type { Ground } from '../base/ground.ts'
import type { Caller } from '../iam/types.ts'
import type { Context } from './service.ts'

/**
 * The context of a call that no request stands behind: a service that acts by itself, a role's session in a queue.
 * Such calls stay inside AWS's own network, encrypted.
 */
export const background = (ground: Ground, caller: Caller, region: string): Context => ({
  caller,
  account: caller.account,
  region,
  facts: {
    requestId: ground.ids.uuid(),
    sourceIp: '127.0.0.1',
    userAgent: caller.kind === 'service' ? caller.principal : undefined,
    secure: true,
    origin: ground.url(),
    headers: {},
  },
})
