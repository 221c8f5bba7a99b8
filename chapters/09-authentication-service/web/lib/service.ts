import { connect } from '../../../07-calling-from-a-client/lib/client.ts'
import { guestOf, type Place } from '../../../07-calling-from-a-client/lib/identity.ts'
import { type Config, readConfig } from '../../../07-calling-from-a-client/web/lib/config.ts'
import { memory } from '../../../07-calling-from-a-client/web/lib/memory.ts'

/** The functions of the authentication service, as the Outputs name them: `CreateUserFunction` and so on. */
export type FunctionName =
  | 'CreateUser'
  | 'VerifyUser'
  | 'LostPassword'
  | 'ResetPassword'
  | 'Login'
  | 'ChangePassword'
  | 'ReadUserProfile'

/** The back end of the pages. */
export interface Service {
  place: Place
  /** Calls a function, as a guest or with the credentials of somebody who has logged in. @throws what `wordsOf` knows */
  call<Out>(
    name: FunctionName,
    event: unknown,
    credentials?: Parameters<typeof connect>[0]['credentials'],
  ): Promise<Out>
}

const serviceOf = (config: Config): Service => {
  const place = { region: config.Region, endpoint: config.Endpoint }
  const asGuest = connect({ ...place, credentials: guestOf(config.SampleAuthPoolId ?? '', place, memory()) })
  return {
    place,
    call: (name, event, credentials) => {
      const { invoke } = credentials ? connect({ ...place, credentials }) : asGuest
      return invoke(config[`${name}Function`] ?? '', event)
    },
  }
}

let known: Promise<Service> | undefined

/**
 * The page's back end, from its `config.json`.
 * @param functions those that the page calls
 * @throws Error in words for the person at the page; the next call tries again
 */
export const service = (functions: FunctionName[]): Promise<Service> => {
  known ??= readConfig(['SampleAuthPoolId', ...functions.map((name) => `${name}Function`)]).then(serviceOf)
  known.catch(() => {
    known = undefined
  })
  return known
}
