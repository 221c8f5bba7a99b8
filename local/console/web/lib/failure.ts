/** The error document of Lambda: what a function that failed answers with. */
export interface LambdaFailure {
  errorType?: string
  errorMessage?: string
  trace: string[]
}

/** Reads the error of a function; undefined for what has another shape. */
export const lambdaFailure = (payload: string): LambdaFailure | undefined => {
  try {
    const { errorType, errorMessage, trace } = JSON.parse(payload) as Record<string, unknown>
    return {
      ...(errorType === undefined ? {} : { errorType: String(errorType) }),
      ...(errorMessage === undefined ? {} : { errorMessage: String(errorMessage) }),
      trace: Array.isArray(trace) ? trace.map(String) : [],
    }
  } catch {
    return undefined
  }
}
