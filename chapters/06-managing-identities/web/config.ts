/** The Outputs of the stack that the page cannot do without. */
const NAMES = [
  'Region',
  'MyAppPoolId',
  'MyAppBucket',
  'PrivateTableName',
  'SharedTableName',
  'GetTokenForNameFunction',
] as const

/** What the page knows of its back end: Outputs, the region, and for the local cloud its address. */
export type Config = Record<(typeof NAMES)[number], string> & { Endpoint?: string }

/**
 * Reads the page's `config.json`, which `npm run site` puts beside it.
 * @throws Error in words for the person at the page
 */
export const readConfig = async (): Promise<Config> => {
  const response = await fetch('config.json', { cache: 'no-cache' }).catch(() => undefined)
  const config = response?.ok ? await response.json().catch(() => undefined) : undefined
  if (!config) throw new Error('This page does not know its back end: its config.json cannot be read.')
  const missing = NAMES.filter((name) => typeof config[name] !== 'string')
  if (missing.length > 0)
    throw new Error(`This page does not know its back end: config.json lacks ${missing.join(', ')}.`)
  return config
}
