import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The bin folder of the virtual environment with the tools written in Python (`aws`, `sam`, `cfn-lint`, `python` with
 * boto3), which `tests/tools/install-python` makes; undefined when it has not. Under `REQUIRE_TOOLS=1` it must be there.
 */
export const pythonTools = (): string | undefined => {
  const requirements = readFileSync(join(import.meta.dirname, 'requirements.txt'))
  const hash = createHash('sha256').update(requirements).digest('hex').slice(0, 16)
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = join(cache, 'lambda-in-action', `python-${hash}`)
  if (existsSync(join(folder, 'complete'))) return join(folder, 'bin')
  if (process.env.REQUIRE_TOOLS === '1')
    throw new Error(`no ${folder}: run tests/tools/install-python, which REQUIRE_TOOLS=1 expects`)
  return undefined
}
