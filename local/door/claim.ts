import type { SiteRequest } from './request.ts'

/** What a request says about who signed it; nothing of it is true before the signature is checked. */
export interface Claim {
  /** Where it stands: in the header Authorization, or in the query of a presigned URL. */
  from: 'header' | 'query'
  accessKeyId: string
  /** `20260131` */
  date: string
  region: string
  service: string
  /** `aws4_request` */
  terminal: string
  signedHeaders: readonly string[]
  signature: string
}

/** A claim that cannot be read: what is wrong with it, for the refusals to word. */
export interface BrokenClaim {
  from: 'header' | 'query'
  problem:
    | { kind: 'algorithm'; given: string }
    | { kind: 'missing'; names: string[] }
    | { kind: 'component'; given: string }
    | { kind: 'credential'; given: string }
    | { kind: 'both' }
}

export const isBroken = (claim: Claim | BrokenClaim): claim is BrokenClaim => 'problem' in claim

const ALGORITHM = 'AWS4-HMAC-SHA256'
const QUERY_NAMES = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-Date', 'X-Amz-SignedHeaders']

/**
 * The claim of a request; nothing when it is not signed. What else the header Authorization may hold, a bearer token or
 * a password, is between a site and its visitors, and no claim.
 */
export const readClaim = ({ headers, query }: SiteRequest): Claim | BrokenClaim | undefined => {
  const { authorization } = headers
  const signed = authorization?.startsWith('AWS')
  const presigned = query.size > 0 && QUERY_NAMES.some((name) => query.has(name))
  if (signed && presigned) return { from: 'header', problem: { kind: 'both' } }
  if (presigned) return fromQuery(query)
  if (signed) return fromHeader(authorization as string)
  // Version 2 of the signature, which AWS takes no more.
  if (query.has('AWSAccessKeyId') && query.has('Signature'))
    return { from: 'query', problem: { kind: 'algorithm', given: 'AWS' } }
  return undefined
}

const fromHeader = (authorization: string): Claim | BrokenClaim => {
  const broken = (problem: BrokenClaim['problem']): BrokenClaim => ({ from: 'header', problem })
  const space = authorization.indexOf(' ')
  const algorithm = space < 0 ? authorization : authorization.slice(0, space)
  if (algorithm !== ALGORITHM) return broken({ kind: 'algorithm', given: algorithm })
  const parts = new Map<string, string>()
  for (const component of space < 0 ? [] : authorization.slice(space + 1).split(',')) {
    const mark = component.indexOf('=')
    if (mark < 1) return broken({ kind: 'component', given: component.trim() })
    parts.set(component.slice(0, mark).trim(), component.slice(mark + 1).trim())
  }
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parts.get(name))
  if (missing.length > 0) return broken({ kind: 'missing', names: missing })
  return put('header', parts.get('Credential'), parts.get('SignedHeaders'), parts.get('Signature'))
}

const fromQuery = (query: URLSearchParams): Claim | BrokenClaim => {
  const missing = QUERY_NAMES.filter((name) => !query.get(name))
  if (missing.length > 0) return { from: 'query', problem: { kind: 'missing', names: missing } }
  const algorithm = query.get('X-Amz-Algorithm') ?? ''
  if (algorithm !== ALGORITHM) return { from: 'query', problem: { kind: 'algorithm', given: algorithm } }
  return put('query', query.get('X-Amz-Credential'), query.get('X-Amz-SignedHeaders'), query.get('X-Amz-Signature'))
}

const put = (
  from: Claim['from'],
  credential: string | null | undefined,
  signedHeaders: string | null | undefined,
  signature: string | null | undefined,
): Claim | BrokenClaim => {
  // An access key id may hold slashes nowhere on AWS; five parts, none empty.
  const [accessKeyId, date, region, service, terminal, ...rest] = (credential ?? '').split('/')
  if (!accessKeyId || !date || !region || !service || !terminal || rest.length > 0)
    return { from, problem: { kind: 'credential', given: credential ?? '' } }
  return {
    from,
    accessKeyId,
    date,
    region,
    service,
    terminal,
    signedHeaders: (signedHeaders ?? '').toLowerCase().split(';'),
    signature: signature ?? '',
  }
}
