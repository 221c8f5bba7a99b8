import type * as Sdk from '@aws-sdk/client-ses'
import { ServiceError } from '../../base/errors.ts'
import type { Access } from '../../iam/types.ts'
import type { Call, service } from '../service.ts'
import type { Scope, SesStore } from './store.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, SesStore>>[1]
export type SesCall = Call<SesStore>

const refusal = (code: string) => (message: string) => new ServiceError(code, message, { status: 400 })
export const invalid = refusal('InvalidParameterValue')
export const rejected = refusal('MessageRejected')

/** What an operation on no one identity asks for. */
export const anywhere = (action: string) => (): Access => [`ses:${action}`, '*']

/** A mail address, taken apart. */
export interface Address {
  /** As it was given. */
  text: string
  name?: string
  /** `john@example.com` */
  address: string
  domain: string
}

/**
 * Reads `john@example.com`, `John <john@example.com>` and `"Doe, John" <john@example.com>` (RFC 5322, one mailbox).
 * @throws ServiceError `InvalidParameterValue` in the words of SES
 */
export const readAddress = (text: string): Address => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no header may be broken by an address
  if (/[\u0000-\u001f\u007f]/.test(text)) throw invalid('Local address contains control or whitespace')
  if (text.length > 1000) throw invalid('Address is too long')
  const found = /^\s*(?:(?<name>"(?:[^"\\]|\\.)*"\s*|[^<>",]*)<(?<inner>[^<>]*)>|(?<bare>[^<>",]*))\s*$/.exec(
    text,
  )?.groups
  const address = (found?.inner ?? found?.bare ?? '').trim()
  if (!found || address === '') throw invalid('Illegal address')
  const at = address.lastIndexOf('@')
  if (at < 0) throw invalid("Missing final '@domain'")
  const [local, domain] = [address.slice(0, at), address.slice(at + 1).toLowerCase()]
  if (local === '') throw invalid('Missing local name')
  if (/[\s@]/.test(local) || local.length > 64) throw invalid('Local address contains control or whitespace')
  if (domain === '') throw invalid('Missing domain')
  if (!/^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u.test(domain) || domain.length > 255)
    throw invalid('Domain contains illegal character')
  const name = found.name?.trim().replace(/^"|"$/g, '')
  return { text, address: `${local}@${domain}`, domain, ...(name ? { name } : {}) }
}

/** The verified identity that a sender falls under: the address itself, else its domain. */
export const identityOf = ({ address, domain }: Address, store: SesStore, scope: Scope): string | undefined => {
  const labels = domain.split('.')
  const domains = labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))
  return [address, ...domains].find((name) => store.identity(scope, name))
}

export const identityArn = (name: string, { account, region }: Scope): string =>
  `arn:aws:ses:${region}:${account}:identity/${name}`
