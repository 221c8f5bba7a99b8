import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BrokenClaim, Claim } from './claim.ts'
import type { Hosts } from './hosts.ts'
import type { SiteRequest } from './request.ts'

/** How long the door waits and how much it takes. Times in milliseconds. */
export interface Limits {
  /** For the head of a request to come in. */
  head: number
  /** Without a byte of the body that was announced; S3 gives up after 20 seconds, too. */
  idle: number
  /** For a whole request to come in: an object of 5 GB over a slow line. */
  request: number
  /** Between two requests of one connection. Clients expect theirs to live at least a minute. */
  keepAlive: number
  /** Connections at once. */
  sockets: number
}

export const LIMITS: Limits = { head: 20_000, idle: 20_000, request: 3_600_000, keepAlive: 75_000, sockets: 2_000 }

/** A request on its way through the door. */
export interface Visit {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly head: SiteRequest
  readonly claim: Claim | BrokenClaim | undefined
  readonly requestId: string
  readonly hosts: Hosts
  readonly limits: Limits
}
