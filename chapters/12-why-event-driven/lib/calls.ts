import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { Upload } from './uploads.ts'

const lambda = new LambdaClient()

/** A function that was called has failed; the message is its own. */
export class CalledFunctionFailed extends Error {
  override readonly name = 'CalledFunctionFailed'
}

/** Calls a function and waits for it, which is paid twice: here and there. @throws CalledFunctionFailed */
export const callAndWait = async (FunctionName: string, upload: Upload): Promise<void> => {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(upload) }),
  )
  if (FunctionError) throw new CalledFunctionFailed(messageIn(Payload?.transformToString() ?? ''))
}

/** Calls a function and does not wait: Lambda keeps the event, and tries again when the function fails. */
export const callAndLeave = async (FunctionName: string, upload: Upload): Promise<void> => {
  await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(upload) }))
}

const messageIn = (payload: string): string => {
  const { errorMessage } = JSON.parse(payload) as { errorMessage?: string }
  return errorMessage ?? 'it gave no reason'
}
