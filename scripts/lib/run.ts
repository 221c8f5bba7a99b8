import { Mistake } from '../../local/base/errors.ts'

/** Runs a script to its end; what a person can mend is printed as one message, and the exit code is 1. */
export const run = async (main: () => Promise<unknown>): Promise<void> => {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
