import { CognitoIdentityClient, GetCredentialsForIdentityCommand, GetIdCommand } from '@aws-sdk/client-cognito-identity'

/** The name by which Cognito knows the tokens that it has signed itself. */
const COGNITO = 'cognito-identity.amazonaws.com'

/** Where AWS is: a region, and for the local cloud its address. */
export interface Place {
  region: string
  endpoint?: string | undefined
}

/** Somebody who can ask: an identity of the pool, with temporary credentials of its role. */
export interface Identity {
  id: string
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string }
}

// Both calls go unsigned: who asks for credentials has none.
const clientOf = ({ region, endpoint }: Place) =>
  new CognitoIdentityClient({ region, ...(endpoint ? { endpoint } : {}) })

const credentialsOf = async (client: CognitoIdentityClient, id: string, token?: string): Promise<Identity> => {
  const { Credentials: given } = await client.send(
    new GetCredentialsForIdentityCommand({ IdentityId: id, ...(token ? { Logins: { [COGNITO]: token } } : {}) }),
  )
  const { AccessKeyId, SecretKey, SessionToken } = given ?? {}
  if (!AccessKeyId || !SecretKey || !SessionToken) throw new Error('Cognito answered without credentials.')
  return { id, credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretKey, sessionToken: SessionToken } }
}

/** A new guest: the pool's id is all that is needed. */
export const newGuest = async (pool: string, place: Place): Promise<Identity> => {
  const client = clientOf(place)
  const { IdentityId = '' } = await client.send(new GetIdCommand({ IdentityPoolId: pool }))
  return credentialsOf(client, IdentityId)
}

/** Who has signed in: the developer's own service has given the identity and its token. */
export const signedIn = (identityId: string, token: string, place: Place): Promise<Identity> =>
  credentialsOf(clientOf(place), identityId, token)
