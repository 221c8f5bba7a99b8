import { ServiceError } from '../base/errors.ts'

/** Codes of what is not there: each service has one of them. */
const GONE = new Set(['ResourceNotFoundException', 'NotFoundException', 'NoSuchEntity'])

/** Takes something away, for a CloudFormation type: that nothing is there is as well. */
export const unlessGone = async (run: () => Promise<unknown>): Promise<void> => {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof ServiceError && GONE.has(error.code))) throw error
  }
}
