import { ServiceError } from '../base/errors.ts'
import { seedCalls } from '../base/samples.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { LambdaFunction } from '../services/lambda/types.ts'
import type { Context } from '../services/service.ts'
import { refused } from './answers.ts'
import { sampleFiles } from './application.ts'
import type { InvokeAnswer } from './types.ts'

/** Figures of a run, from its REPORT line or, where logs are JSON, from its record `platform.report`. */
const figuresOf = (log: string): Partial<InvokeAnswer> => {
  const json = /^\{.*"platform\.report".*\}$/m.exec(log)?.[0]
  const metrics = json && (JSON.parse(json) as { record?: { metrics?: Record<string, number> } }).record?.metrics
  const line = log.slice(log.lastIndexOf('REPORT RequestId'))
  const figure = (text: string, name: string): number | undefined => {
    const found = metrics ? metrics[name] : new RegExp(`\\t${text}: ([\\d.]+) `).exec(line)?.[1]
    return found === undefined ? undefined : Number(found)
  }
  return {
    durationMs: figure('Duration', 'durationMs'),
    billedMs: figure('Billed Duration', 'billedDurationMs'),
    initMs: figure('Init Duration', 'initDurationMs'),
    memoryUsedMb: figure('Max Memory Used', 'maxMemoryUsedMB'),
  }
}

const bytesOf = (payload: unknown): Buffer =>
  typeof payload === 'string' ? Buffer.from(payload) : Buffer.from((payload as Uint8Array | undefined) ?? [])

/** Makes the calls that a sample event needs. @throws ServiceError 404, and what a service says */
const seed = async (dispatch: Dispatch, context: Context, fn: LambdaFunction, event: string): Promise<void> => {
  const file = sampleFiles(fn).get(event)
  if (file === undefined) throw refused(404, `${fn.name} has no sample event ${event}.`)
  for (const { service, operation, input } of seedCalls(file))
    await dispatch.run(service, operation, input, context).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error
      throw refused(400, `What the event needs could not be put in place: ${service} ${operation}: ${error.message}`)
    })
}

/** Invokes a function as the pages ask. @throws ServiceError 400, and what Lambda says */
export const invokeAs = async (
  dispatch: Dispatch,
  context: Context,
  fn: LambdaFunction,
  { payload, type, event }: Record<string, unknown>,
): Promise<InvokeAnswer> => {
  if (typeof payload !== 'string') throw refused(400, 'payload must be JSON text.')
  if (type !== 'RequestResponse' && type !== 'Event') throw refused(400, 'type must be RequestResponse or Event.')
  if (event !== undefined && typeof event !== 'string') throw refused(400, 'event must be the name of a sample event.')
  if (event !== undefined) await seed(dispatch, context, fn, event)
  const answer = await dispatch
    .cloud(context)('lambda')
    .Invoke({
      FunctionName: fn.name,
      InvocationType: type,
      Payload: Buffer.from(payload),
      ...(type === 'Event' ? {} : { LogType: 'Tail' }),
    })
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString()
  return {
    requestId: context.facts.requestId,
    status: answer.StatusCode ?? 200,
    payload: bytesOf(answer.Payload).toString(),
    ...(answer.FunctionError ? { functionError: answer.FunctionError } : {}),
    log,
    ...figuresOf(log),
    memoryMb: fn.configuration.memory,
  }
}
