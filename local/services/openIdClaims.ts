/** What a token says (OpenID Connect Core 1.0, "ID Token"); times in s since the epoch. */
export interface Claims {
  readonly iss: string
  readonly sub: string
  /** For whom it was issued: the pool, or the client of a provider. */
  readonly aud: readonly string[]
  /** How its subject signed in. */
  readonly amr: readonly string[]
  readonly iat?: number
  readonly exp: number
  readonly [claim: string]: unknown
}

/** Why a token is not taken; each service has its own words for it. */
export class TokenFault extends Error {
  readonly kind: 'malformed' | 'issuer' | 'signature' | 'expired' | 'unreachable'
  readonly claims: Claims | undefined

  constructor(kind: TokenFault['kind'], message: string, claims?: Claims) {
    super(message)
    this.kind = kind
    this.claims = claims
  }
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : value ? [String(value)] : [])

/** Reads what a token says, without checking it. @throws TokenFault for what is none */
export const claimsOf = (token: string): Claims => {
  const malformed = new TokenFault('malformed', 'it is not a JSON web token')
  const parts = token.split('.')
  if (parts.length !== 3 || token.length > 50_000) throw malformed
  let claims: Record<string, unknown>
  try {
    claims = JSON.parse(Buffer.from(parts[1] as string, 'base64url').toString())
  } catch {
    throw malformed
  }
  const { iss, sub, exp } = claims ?? {}
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof exp !== 'number') throw malformed
  return { ...claims, iss, sub, exp, aud: list(claims.aud), amr: list(claims.amr) }
}
