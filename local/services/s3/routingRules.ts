import type { Redirect, RoutingRule, WebsiteConfiguration } from '@aws-sdk/client-s3'

/** Where a website's configuration sends a request ("(Optional) Configuring a webpage redirect"). */

export interface Redirection {
  status: number
  location: string
}

/** Of the request: the protocol and the host, with its port, that the client used, its key and its query. */
export interface Asked {
  protocol: string
  host: string
  key: string
  /** With its question mark, or `''`. */
  search: string
}

/** A key as a path: percent-encoded, but for its slashes. */
export const pathOf = (key: string): string => `/${key.split('/').map(encodeURIComponent).join('/')}`

const target = (redirect: Redirect, prefix: string, { protocol, host, key, search }: Asked): Redirection => {
  const { Protocol, HostName, ReplaceKeyWith, ReplaceKeyPrefixWith, HttpRedirectCode } = redirect
  const replaced = ReplaceKeyPrefixWith === undefined ? key : ReplaceKeyPrefixWith + key.slice(prefix.length)
  return {
    status: Number(HttpRedirectCode ?? 301),
    location: `${Protocol ?? protocol}://${HostName ?? host}${pathOf(ReplaceKeyWith ?? replaced)}${search}`,
  }
}

const fits = ({ Condition }: RoutingRule, key: string, error: number | undefined): boolean => {
  const { KeyPrefixEquals = '', HttpErrorCodeReturnedEquals } = Condition ?? {}
  const wanted = HttpErrorCodeReturnedEquals === undefined ? undefined : Number(HttpErrorCodeReturnedEquals)
  return wanted === error && key.startsWith(KeyPrefixEquals)
}

/** Where the first rule that fits leads; `error`: the status of what was found, for rules that are about errors. */
export const redirection = (website: WebsiteConfiguration, asked: Asked, error?: number): Redirection | undefined => {
  const { RedirectAllRequestsTo: all, RoutingRules = [] } = website
  if (all) return target(all as Redirect, '', asked)
  const rule = RoutingRules.find((one) => fits(one, asked.key, error))
  return rule?.Redirect && target(rule.Redirect, rule.Condition?.KeyPrefixEquals ?? '', asked)
}
