import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pythonTools } from './python.ts'

/** Debian's place for the browser; elsewhere CHROMIUM names it. */
export const chromium = (): string | undefined =>
  [process.env.CHROMIUM ?? '', '/usr/bin/chromium'].find((file) => file !== '' && existsSync(file))

/** What most machines have, and not all. */
const ON_PATH = ['curl']

/**
 * Where a command's tools lie beyond PATH: all of them, or those of one tool (`aws`, `sam`, `python`, `chromium`, `curl`).
 * Empty when the tool is not on this machine. With REQUIRE_TOOLS=1 the environment of the Python tools must be there.
 */
export const toolPath = (tool?: string): string[] => {
  const bin = pythonTools()
  const all = bin ? [bin] : []
  if (tool === undefined) return all
  if (tool === 'chromium') return chromium() ? ['/usr/bin'] : []
  if (ON_PATH.includes(tool))
    return (process.env.PATH ?? '').split(delimiter).filter((folder) => existsSync(join(folder, tool)))
  return all.filter((folder) => existsSync(join(folder, tool)))
}
