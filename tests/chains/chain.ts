import type { ClientConfig } from '../cloud.ts'

/**
 * A chapter's stack as its chain sees it, wherever it is deployed: on the local cloud, on another emulator, on AWS.
 * Chains use nothing but the SDK.
 */
export interface Deployed {
  /** For SDK clients. */
  config: Partial<ClientConfig> & { region: string }
  /** What a resource is called there: the name of a function, bucket, table, log group. */
  physicalId(logicalId: string): string
  output(name: string): string
  /** Looks until something is there; a stack elsewhere takes its time. @throws Error that names what did not come */
  eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T>
}

/** One step of what a reader does with a chapter, with its checks. */
export interface Step {
  title: string
  run(deployed: Deployed): Promise<void>
}

/** What happens in a chapter from end to end, in order; each step stands for itself. */
export type Chain = Step[]

/** Looks again and again for `ms`. */
export const eventually =
  (ms: number, pause: number): Deployed['eventually'] =>
  async (what, look) => {
    const until = Date.now() + ms
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (Date.now() > until) throw new Error(`${what} did not come within ${ms / 1000} s`)
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
