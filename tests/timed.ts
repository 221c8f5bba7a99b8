import type { Clock } from '../local/base/clock.ts'

/** Part of an SDK client's configuration: it signs at the time that `clock` shows when the client is made. */
export const signsAt = (clock: Clock): { systemClockOffset: number } => ({
  systemClockOffset: clock.now() - Date.now(),
})

interface Stack {
  middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<{ response: unknown }>,
      ) => (args: never) => Promise<{ response: unknown }>,
      options: { step: 'deserialize'; name: string },
    ): void
  }
}

/** A client that does not set its clock by the answers' `Date`, so that a test may have moved the cloud's. */
export const keepingTime = <Client extends object>(client: Client): Client => {
  ;(client as unknown as Stack).middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      delete (result.response as { headers: Record<string, string> }).headers.date
      return result
    },
    { step: 'deserialize', name: 'keepingTime' },
  )
  return client
}
