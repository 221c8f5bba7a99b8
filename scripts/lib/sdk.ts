import { NormalizedSchema } from '@smithy/core/schema'
import { Mistake } from '../../local/base/errors.ts'
import type { Target } from './target.ts'

/** A service of the SDK by its package's name, to call any operation of it. */
export interface AnySdk {
  operations: string[]
  /** The schema of an operation's input. @throws Mistake that lists the operations. */
  input(operation: string): NormalizedSchema
  send(operation: string, input: Record<string, unknown>, target: Target): Promise<Record<string, unknown>>
}

type Command = new (input: unknown) => unknown
type Client = new (options: unknown) => { send(command: unknown): Promise<Record<string, unknown>> }

/** Names that people know, where the package is called otherwise. */
const PACKAGES: Record<string, string> = { logs: 'cloudwatch-logs', events: 'eventbridge' }

/** @throws Mistake when no such package is installed. */
export const sdkOf = async (service: string): Promise<AnySdk> => {
  const name = PACKAGES[service] ?? service
  if (!/^[a-z0-9-]+$/.test(name)) throw new Mistake(`"${service}" is no name of a service.`)
  const sdk = (await import(`@aws-sdk/client-${name}`).catch(() => {
    throw new Mistake(`The SDK's client for "${service}" is not installed: npm ls shows those that are.`)
  })) as Record<string, unknown>
  const operations = Object.keys(sdk)
    .filter((key) => key.endsWith('Command') && key !== '$Command')
    .map((key) => key.slice(0, -'Command'.length))
    .sort()
  const known = (operation: string) => {
    if (operations.includes(operation)) return
    const near = operations.filter((one) => one.toLowerCase().includes(operation.toLowerCase()))
    throw new Mistake(
      `${service} has no operation "${operation}". It has:\n  ${(near.length ? near : operations).join('\n  ')}`,
    )
  }
  const Client = Object.entries(sdk).find(([key]) => key.endsWith('Client') && !key.startsWith('_'))?.[1] as Client
  return {
    operations,
    input(operation) {
      known(operation)
      const [, , , , input] = sdk[`${operation}$`] as unknown[]
      return NormalizedSchema.of((typeof input === 'function' ? input() : input) as never)
    },
    async send(operation, input, target) {
      known(operation)
      const client = new Client({ ...target, maxAttempts: 1 })
      return client.send(new (sdk[`${operation}Command`] as Command)(input))
    },
  }
}
