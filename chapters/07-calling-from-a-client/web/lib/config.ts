/** What the pages of a chapter know of their back end: the stack's Outputs, the region, and the local cloud's address. */
export type Config = { Region: string; Endpoint?: string } & Record<string, string>

/**
 * Reads the page's `config.json`, which `npm run site` puts beside it.
 * @param names the Outputs that the page cannot do without
 * @throws Error in words for the person at the page
 */
export const readConfig = async (names: string[]): Promise<Config> => {
  const response = await fetch('config.json', { cache: 'no-cache' }).catch(() => undefined)
  const config = response?.ok ? await response.json().catch(() => undefined) : undefined
  const missing = ['Region', ...names].filter((name) => typeof config?.[name] !== 'string')
  if (!config) throw new Error('This page does not know its back end: its config.json cannot be read.')
  if (missing.length > 0)
    throw new Error(`This page does not know its back end: config.json lacks ${missing.join(', ')}.`)
  return config
}
