import { Mistake } from '../../local/base/errors.ts'
import { sampleText, seedCalls, seedFile } from '../../local/base/samples.ts'
import { sdkOf } from './sdk.ts'
import type { Target } from './target.ts'

/**
 * Prepares what a sample event needs: `events/<function>.<case>/seed.json` beside `events/<function>.<case>.json` lists
 * calls of the SDK, in order, and the files they send lie beside it. Nothing to do where there is no such folder.
 */
export const seed = async (eventFile: string, target: Target): Promise<void> => {
  for (const { service, operation, input } of seedCalls(eventFile))
    await (await sdkOf(service)).send(operation, input, target).catch((error: Error) => {
      throw new Mistake(`${seedFile(eventFile)}: ${service} ${operation} failed with ${error.name}: ${error.message}`)
    })
}

/** A sample event with the address of the target in place of the usual one. */
export const addressed = (event: string, { endpoint }: Target): string =>
  endpoint ? sampleText(event, endpoint) : event
