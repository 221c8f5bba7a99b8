import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pythonTools } from './python.ts'

/** Debian's place for the browser; elsewhere CHROMIUM names it. */
export const chromium = (): string | undefined =>
  [process.env.CHROMIUM ?? '', '/usr/bin/chromium'].find((file) => file !== '' && existsSync(file))

/**
 * Where a command's tools lie beyond PATH: all of them, or those of one tool (`aws`, `sam`, `python`, `chromium`).
 * Empty when the tool is not on this machine. With REQUIRE_TOOLS=1 the environment of the Python tools must be there.
 */
export const toolPath = (tool?: string): string[] => {
  const bin = pythonTools()
  const all = bin ? [bin] : []
  if (tool === undefined) return all
  if (tool === 'chromium') return chromium() ? ['/usr/bin'] : []
  return all.filter((folder) => existsSync(join(folder, tool)))
}
