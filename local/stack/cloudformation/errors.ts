import { Mistake, ServiceError } from '../../base/errors.ts'

/** What CloudFormation says to most that is wrong with a request. */
export const invalid = (message: string): ServiceError => new ServiceError('ValidationError', message, { status: 400 })

/** Runs what may find a mistake in a template or its parameters: the caller sees it as a ValidationError. */
export const asRequest = <T>(run: () => T): T => {
  try {
    return run()
  } catch (error) {
    throw error instanceof Mistake ? invalid(error.message) : error
  }
}
