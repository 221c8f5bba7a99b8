import { CognitoIdentityClient, GetCredentialsForIdentityCommand, GetIdCommand } from '@aws-sdk/client-cognito-identity'

/** Where AWS is: a region, and for the local cloud its address. */
export interface Place {
  region: string
  endpoint?: string | undefined
}

/** Temporary credentials, as every client of the SDK takes them. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  expiration: Date
  identityId: string
}

/** Where a device keeps a few texts: `localStorage` in a browser, AsyncStorage in React Native. */
export interface Memory {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): unknown
  removeItem(key: string): unknown
}

const clientOf = ({ region, endpoint }: Place) =>
  new CognitoIdentityClient({ region, ...(endpoint ? { endpoint } : {}) })

/**
 * The credentials of an identity, in the enhanced flow: one call, and Cognito takes on the role of the pool.
 * @param logins who has vouched for the identity, and with which token; none for a guest
 */
export const credentialsOf = async (
  identityId: string,
  place: Place,
  logins?: Record<string, string>,
): Promise<Credentials> => {
  const { Credentials: given } = await clientOf(place).send(
    new GetCredentialsForIdentityCommand({ IdentityId: identityId, ...(logins ? { Logins: logins } : {}) }),
  )
  const { AccessKeyId, SecretKey, SessionToken, Expiration } = given ?? {}
  if (!AccessKeyId || !SecretKey || !SessionToken || !Expiration)
    throw new Error('Cognito answered without credentials.')
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretKey,
    sessionToken: SessionToken,
    expiration: Expiration,
    identityId,
  }
}

/** Cognito's errors for an identity that is there no more: the pool was made anew, or somebody deleted it. */
const GONE = ['ResourceNotFoundException', 'NotAuthorizedException']

/**
 * Gives a guest of an identity pool credentials: `credentials` of an SDK client, which calls it again shortly before they
 * expire. The guest stays the same one on a device that remembers.
 * @param memory keeps the guest's identity id; without one each run of the program is another guest
 * @returns a provider that throws Cognito's errors, `NotAuthorizedException` where the pool takes no guests
 */
export const guestOf = (identityPoolId: string, place: Place, memory?: Memory): (() => Promise<Credentials>) => {
  const key = `guest of ${identityPoolId}`
  const newGuest = async () => {
    const { IdentityId = '' } = await clientOf(place).send(new GetIdCommand({ IdentityPoolId: identityPoolId }))
    await memory?.setItem(key, IdentityId)
    return credentialsOf(IdentityId, place)
  }
  let known: string | undefined
  return async () => {
    const id = known ?? (await memory?.getItem(key))
    if (id) {
      try {
        return await credentialsOf(id, place)
      } catch (error) {
        if (!GONE.includes((error as Error).name)) throw error
        known = undefined
        await memory?.removeItem(key)
      }
    }
    const credentials = await newGuest()
    known = credentials.identityId
    return credentials
  }
}
