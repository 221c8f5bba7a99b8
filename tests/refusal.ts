import { expect } from 'chai'

/** What a client reads of a refused call. */
export interface Refusal {
  name: string
  message: string
  status: number | undefined
}

/** The refusal of a call that must be refused. */
export const refusalOf = async (call: Promise<unknown>): Promise<Refusal> => {
  let answer: unknown
  try {
    answer = await call
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
    if (!$metadata) throw error
    return { name, message, status: $metadata.httpStatusCode }
  }
  return expect.fail(`should have been refused, but answered ${JSON.stringify(answer)}`)
}
