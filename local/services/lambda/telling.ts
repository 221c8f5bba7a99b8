import type { Ground } from '../../base/ground.ts'
import type { Told } from '../../base/story.ts'
import type { InvokeRequest, InvokeResult } from '../../execution/types.ts'
import type { LambdaFunction } from './types.ts'

/** The largest event that is kept so that it can be sent again, in bytes. */
const KEPT = 65_536

const failureOf = ({ payload }: InvokeResult): string => {
  const { errorType, errorMessage } = JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>
  return [errorType, errorMessage].filter(Boolean).join(': ')
}

/** Tells of a function's run: what it calls is an effect of it. */
export const tellRun = async (
  { clock, outbox: { story } }: Ground,
  fn: LambdaFunction,
  request: InvokeRequest,
  run: (request: InvokeRequest) => Promise<InvokeResult>,
): Promise<InvokeResult> => {
  if (!story.heard) return run(request)
  const told: Told = {
    ...{ id: story.next(), cause: story.cause(), at: clock.now(), kind: 'run', service: 'lambda' },
    operation: fn.name,
    resource: fn.arn,
    ...(request.payload.length <= KEPT && { payload: Buffer.from(request.payload).toString() }),
  }
  story.tell(told)
  const began = performance.now()
  try {
    const result = await story.within(told.id, () => run({ ...request, parent: told.id }))
    told.outcome = result.functionError ? 'error' : 'ok'
    if (result.functionError) told.reason = failureOf(result)
    return result
  } catch (error) {
    told.outcome = 'error'
    told.reason = (error as Error).message
    throw error
  } finally {
    told.durationMs = performance.now() - began
    story.tell(told)
  }
}
