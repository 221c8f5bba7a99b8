import type { MethodSetting } from '@aws-sdk/client-api-gateway'
import type { Exchange } from './exchange.ts'
import { own } from './parameters.ts'

/** The stage's settings for the method of a request: its own go before those for all (`*` + `/*`). */
export const settingsOf = ({ api, route }: Exchange): MethodSetting & { readonly own?: MethodSetting } => {
  const settings = api.stage.methodSettings ?? {}
  const all = settings['*/*'] ?? {}
  if (!route) return all
  const path = (route.resource.path ?? '/').replaceAll('/', '~1')
  const methods = [route.method.httpMethod ?? '', '*']
  const mine = methods.map((method) => own(settings, `${path}/${method}`)).find((setting) => setting !== undefined)
  const given = Object.entries(mine ?? {}).filter(([, value]) => value !== undefined)
  return { ...all, ...Object.fromEntries(given), ...(mine ? { own: mine } : {}) }
}
