import { ServiceError } from '../base/errors.ts'
import type { Story, Told } from '../base/story.ts'
import { callerName } from '../iam/explain.ts'
import type { Context, Facts } from './service.ts'

/** A function's own calls name its run in this header, by the variable that Lambda gives it. */
const parentOf = ({ headers }: Facts): string | undefined =>
  /(?:^|;)Parent=([0-9a-f]{16})(?:;|$)/.exec(headers['x-amzn-trace-id'] ?? '')?.[1]

/** The condition key by which a session knows the identity whose it is. */
const IDENTITY = 'cognito-identity.amazonaws.com:sub'

/** Who asks, and because of what, as the story tells it. */
export const askedBy = (
  story: Story,
  { caller, facts }: Context,
): Pick<Told, 'id' | 'cause' | 'caller' | 'source' | 'identity'> => ({
  id: story.next(),
  cause: story.cause() ?? parentOf(facts),
  caller: callerName(caller),
  source: caller.kind === 'service' ? caller.sourceArn : undefined,
  identity: caller.kind === 'role' ? (caller.keys[IDENTITY] as string | undefined) : undefined,
})

/** Tells of a call when it begins and when it ends: what it causes is an effect of it, wherever that happens. */
export const tellCall = async <T>(story: Story, call: Told, run: () => Promise<T>): Promise<T> => {
  story.tell(call)
  const began = performance.now()
  try {
    const output = await story.within(call.id, run)
    call.outcome ??= 'ok'
    return output
  } catch (error) {
    // Not an error to whoever asked for it: the copy that they have is still right.
    call.outcome ??= error instanceof ServiceError && error.status === 304 ? 'ok' : 'error'
    call.reason ??= error instanceof ServiceError ? `${error.code}: ${error.message}` : 'an internal error'
    throw error
  } finally {
    call.durationMs = performance.now() - began
    story.tell(call)
  }
}
