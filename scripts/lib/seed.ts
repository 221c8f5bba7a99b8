import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Mistake } from '../../local/base/errors.ts'
import { sdkOf } from './sdk.ts'
import type { Target } from './target.ts'

/** One call of the SDK that must have been made before a sample event makes sense. */
interface SeedCall {
  /** As in the package's name: `s3` for `@aws-sdk/client-s3`. */
  service: string
  operation: string
  /** Text that begins with `@` names a file beside `seed.json`, sent as bytes. */
  input: Record<string, unknown>
}

/**
 * Prepares what a sample event needs: `events/<function>.<case>/seed.json` beside `events/<function>.<case>.json` lists
 * calls of the SDK, in order, and the files they send lie beside it. Nothing to do where there is no such folder.
 */
export const seed = async (eventFile: string, target: Target): Promise<void> => {
  const folder = eventFile.replace(/\.json$/, '')
  const list = join(folder, 'seed.json')
  if (!existsSync(list)) return
  for (const { service, operation, input } of JSON.parse(readFileSync(list, 'utf8')) as SeedCall[]) {
    const filled = Object.fromEntries(
      Object.entries(input).map(([name, value]) => [
        name,
        typeof value === 'string' && value.startsWith('@') ? readFileSync(join(folder, value.slice(1))) : value,
      ]),
    )
    await (await sdkOf(service)).send(operation, filled, target).catch((error: Error) => {
      throw new Mistake(`${list}: ${service} ${operation} failed with ${error.name}: ${error.message}`)
    })
  }
}

/** Where a local cloud listens unless it is told otherwise: the address that sample events hold. */
const USUAL = 'http://127.0.0.1:4566'

/** A sample event with the address of the target in place of the usual one. */
export const addressed = (event: string, { endpoint }: Target): string =>
  endpoint ? event.replaceAll(USUAL, new URL(endpoint).origin) : event
