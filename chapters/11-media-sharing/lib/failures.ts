import { TextsTooLong } from './texts.ts'

/** An event that no page sends: the message names the field. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput'
}

/** Only who has logged in has pictures. */
export class NotSignedIn extends Error {
  override readonly name = 'NotSignedIn'

  constructor() {
    super('log in first')
  }
}

/** The picture is somebody else's. */
export class NotYours extends Error {
  override readonly name = 'NotYours'

  constructor() {
    super('this picture is not yours')
  }
}

export class NoSuchPicture extends Error {
  override readonly name = 'NoSuchPicture'

  constructor(key: string) {
    super(`there is no picture ${key}`)
  }
}

/** Moving the picture would lose another one. */
export class AlreadyThere extends Error {
  override readonly name = 'AlreadyThere'

  constructor(key: string) {
    super(`you have another picture ${key}`)
  }
}

/** What the caller sees of everything that nobody expected. */
export class ServiceFailure extends Error {
  override readonly name = 'ServiceFailure'

  constructor() {
    super('the service failed, please try again later')
  }
}

const EXPECTED = [InvalidInput, NotSignedIn, NotYours, NoSuchPicture, AlreadyThere, TextsTooLong]

/** The one place where a failure becomes what the caller sees: what was expected as it is, everything else is logged. */
export const answering = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (EXPECTED.some((type) => error instanceof type)) throw error
    console.error('Failed:', error)
    throw new ServiceFailure()
  }
}
