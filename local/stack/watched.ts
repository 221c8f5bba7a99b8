import type { Cloud } from '../services/service.ts'

/** Operations that only look. */
const LOOKING = /^(Get|List|Describe|Head|Lookup)/

/** The services, called as before; `made` learns when an operation that changes something has come off. */
export const watched = (cloud: Cloud, made: { something: boolean }): Cloud =>
  ((name: never, options: never) => {
    const client = cloud(name, options) as Record<string, (input: unknown) => Promise<unknown>>
    return new Proxy(client, {
      get: (_, operation: string) => async (input: unknown) => {
        const output = await client[operation]?.(input)
        if (!LOOKING.test(operation)) made.something = true
        return output
      },
    })
  }) as Cloud
