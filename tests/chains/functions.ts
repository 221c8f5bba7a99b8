import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import type { Deployed } from './chain.ts'

/** A function's answer: its result, and whether it is an error. */
export interface Answer {
  status: number | undefined
  error: string | undefined
  result: unknown
}

/** Invokes a function by its logical ID and waits for its answer. */
export const invoke = async (deployed: Deployed, logicalId: string, event: unknown): Promise<Answer> => {
  const { StatusCode, FunctionError, Payload } = await new LambdaClient(deployed.config).send(
    new InvokeCommand({ FunctionName: deployed.physicalId(logicalId), Payload: JSON.stringify(event) }),
  )
  const text = Payload?.transformToString() ?? ''
  return { status: StatusCode, error: FunctionError, result: text === '' ? undefined : JSON.parse(text) }
}

/** The function must answer the event with the result. */
export const expectResult = async (deployed: Deployed, logicalId: string, event: unknown, result: unknown) => {
  const answer = await invoke(deployed, logicalId, event)

  expect(answer).to.deep.equal({ status: 200, error: undefined, result })
}

/** The function must refuse the event with an error of that type and message. */
export const expectError = async (
  deployed: Deployed,
  logicalId: string,
  event: unknown,
  error: { errorType: string; errorMessage?: string },
) => {
  const answer = await invoke(deployed, logicalId, event)

  expect(answer.status).to.equal(200)
  expect(answer.error).to.equal('Unhandled')
  expect(answer.result).to.include(error)
}
