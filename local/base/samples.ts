import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One call of the SDK that must have been made before a sample event makes sense. */
export interface SeedCall {
  /** As in the package's name: `s3` for `@aws-sdk/client-s3`. */
  service: string
  operation: string
  input: Record<string, unknown>
}

/** Where the calls of a sample event are listed: beside `f.case.json`, in `f.case/seed.json`. */
export const seedFile = (eventFile: string): string => join(eventFile.replace(/\.json$/, ''), 'seed.json')

/**
 * What a sample event needs, in order; nothing where there is no list. Text of an input that begins with `@` names a file
 * beside the list, and becomes its bytes.
 */
export const seedCalls = (eventFile: string): SeedCall[] => {
  const list = seedFile(eventFile)
  if (!existsSync(list)) return []
  return (JSON.parse(readFileSync(list, 'utf8')) as SeedCall[]).map(({ service, operation, input }) => ({
    service,
    operation,
    input: Object.fromEntries(
      Object.entries(input).map(([name, value]) => [
        name,
        typeof value === 'string' && value.startsWith('@') ? readFileSync(join(list, '..', value.slice(1))) : value,
      ]),
    ),
  }))
}

/** Where a local cloud listens unless it is told otherwise: the address that sample events hold. */
const USUAL = 'http://127.0.0.1:4566'

/** A sample event with the address of a cloud in place of the usual one. */
export const sampleText = (event: string, url: string): string => event.replaceAll(USUAL, new URL(url).origin)
