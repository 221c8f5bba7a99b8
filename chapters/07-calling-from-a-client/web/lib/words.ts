/** Whether a call never got an answer: no network, a wrong address, or a server that is not there. */
export const neverArrived = (error: unknown): boolean =>
  error instanceof TypeError || ['NetworkError', 'TimeoutError', 'AbortError'].includes((error as Error)?.name)
