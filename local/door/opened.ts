import { isOwnHost } from '../base/ownHosts.ts'
import type { SiteRequest } from './request.ts'

const FRAMES = new Set(['document', 'iframe', 'frame', 'embed', 'object'])

/** Whether a browser asks for what it will show as a page of the origin at which the console is, too. */
const isOpened = ({ host, headers }: SiteRequest): boolean =>
  isOwnHost(host) && (FRAMES.has(headers['sec-fetch-dest'] ?? '') || (headers.accept ?? '').includes('text/html'))

/**
 * Headers for an object that a browser opens by its path. On AWS objects have an origin apart from the console's; here a
 * stranger's upload that is HTML would share it, and its scripts would read the console's token. In a sandbox (Content
 * Security Policy, level 3) it has an origin of its own, and works otherwise.
 */
export const apart = (head: SiteRequest): Record<string, string> =>
  isOpened(head)
    ? { 'content-security-policy': 'sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads' }
    : {}
