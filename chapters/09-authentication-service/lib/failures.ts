/** An input that no user can have: the caller gets the sentence, which names the field. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput'
}

/** The identity that calls must have signed in, and has not. */
export class NotSignedIn extends Error {
  override readonly name = 'NotSignedIn'

  constructor() {
    super('log in first')
  }
}

/** What the caller sees of everything that nobody expected. */
export class ServiceFailure extends Error {
  override readonly name = 'ServiceFailure'

  constructor() {
    super('the service failed, please try again later')
  }
}

/**
 * The one place where a failure becomes what the caller sees. What was expected goes on as it is, as `errorType` and
 * `errorMessage` of the answer. Everything else is logged, and the caller gets a fixed sentence. Only name, message and
 * place of the error are logged: errors of a table carry the whole item, and with it a password's hash.
 */
export const answering = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof InvalidInput || error instanceof NotSignedIn) throw error
    console.error('Failed:', error instanceof Error ? error.stack : typeof error)
    throw new ServiceFailure()
  }
}
