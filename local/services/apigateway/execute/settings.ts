import type { MethodSetting } from '@aws-sdk/client-api-gateway'
import type { Exchange } from './exchange.ts'

/** The stage's settings for the method of a request: its own go before those for all (`*` + `/*`). */
export const settingsOf = ({ api, route }: Exchange): MethodSetting & { readonly own?: MethodSetting } => {
  const settings = api.stage.methodSettings ?? {}
  const all = settings['*/*'] ?? {}
  if (!route) return all
  const path = (route.resource.path ?? '/').replaceAll('/', '~1')
  const methods = [route.method.httpMethod ?? '', '*']
  const own = methods.map((method) => settings[`${path}/${method}`]).find((setting) => setting !== undefined)
  const given = Object.entries(own ?? {}).filter(([, value]) => value !== undefined)
  return { ...all, ...Object.fromEntries(given), ...(own ? { own } : {}) }
}
