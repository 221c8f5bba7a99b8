import type { Exchange, PhaseName } from './exchange.ts'
import { GatewayError } from './gatewayErrors.ts'

/**
 * Runs a part, and remembers how it ended. A part that a request does not reach, or that its method does not have, leaves
 * nothing: `authenticate` are signatures, `authorizer` is what a function says, `authorize` what policies make of both.
 */
export const phase = async <Result>(
  exchange: Exchange,
  name: PhaseName,
  run: () => Result | Promise<Result>,
): Promise<Result> => {
  const { clock } = exchange.ports.ground
  const begun = clock.now()
  const ended = (status: number, error?: string) => {
    const latency = clock.now() - begun
    exchange.phases[name] = { status, latency, ...(error === undefined ? {} : { error }) }
  }
  try {
    const result = await run()
    ended(200)
    return result
  } catch (error) {
    if (error instanceof GatewayError) ended(error.status, error.told ?? error.message)
    else ended(500, 'Internal server error')
    throw error
  }
}

/** A value of `$context` that is about a part, `authorizer.latency`; undefined where there is none. */
export const phaseValue = ({ phases, authorizerCall }: Exchange, path: string): string | undefined => {
  const [name = '', key = '', ...more] = path.split('.')
  if (more.length > 0) return undefined
  const known: Record<string, string | number | undefined> = Object.hasOwn(phases, name)
    ? { ...phases[name as PhaseName] }
    : {}
  const call = name === 'authorizer' ? { ...authorizerCall } : {}
  const value: unknown = { ...known, ...call }[key]
  return value === undefined ? undefined : String(value)
}
