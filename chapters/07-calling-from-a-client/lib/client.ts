import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'
import type { Place } from './identity.ts'

/** What a function threw: `name` is its errorType, `message` its errorMessage. The call itself went well, with 200. */
export class FunctionFailed extends Error {
  readonly functionName: string

  constructor(functionName: string, name: string, message: string) {
    super(message)
    this.functionName = functionName
    this.name = name
  }
}

/** Functions of AWS, called as if they were here. */
export interface Caller {
  /**
   * Calls a function and waits for its result. What `In` and `Out` claim nobody checks: they are the function's contract.
   * @param event anything that JSON can hold; a field that is `undefined` is left out
   * @returns the function's result
   * @throws FunctionFailed with what the function threw; else the error of the call, `AccessDeniedException` for example
   */
  invoke<In, Out>(functionName: string, event: In): Promise<Out>
  /**
   * Binds a function to a local one, under any name:
   * `const detectFaces = lambdaFunction<{ imageUrl: string }, Faces>('faceDetection')`.
   */
  lambdaFunction<In, Out>(functionName: string): (event: In) => Promise<Out>
}

/** How long a page waits for an answer, in ms: longer than the functions of this project take. */
const PATIENCE = 30_000

/**
 * Connects to the functions of an account. It needs neither a page nor Node: web pages bundle it, and so may an app in
 * React Native (after `react-native-get-random-values` and `react-native-url-polyfill`, which the SDK wants there).
 * @param credentials a provider, as `guestOf` gives one; the client asks it again before they expire
 */
export const connect = ({
  region,
  endpoint,
  credentials,
}: Place & { credentials: NonNullable<LambdaClientConfig['credentials']> }): Caller => {
  // One attempt more: a second one helps against a lost connection, a function that refuses does so again.
  const client = new LambdaClient({ region, credentials, maxAttempts: 2, ...(endpoint ? { endpoint } : {}) })
  const invoke = async <In, Out>(functionName: string, event: In): Promise<Out> => {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event ?? {}) }),
      { abortSignal: AbortSignal.timeout(PATIENCE) },
    )
    const text = Payload?.transformToString() ?? ''
    const result = text === '' ? undefined : JSON.parse(text)
    if (FunctionError === undefined) return result as Out
    const { errorType = FunctionError, errorMessage = '' } = result ?? {}
    throw new FunctionFailed(functionName, errorType, errorMessage)
  }
  return { invoke, lambdaFunction: (functionName) => (event) => invoke(functionName, event) }
}
