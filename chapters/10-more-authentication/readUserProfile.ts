import { CognitoIdentityClient, LookupDeveloperIdentityCommand } from '@aws-sdk/client-cognito-identity'
import type { Context } from 'aws-lambda'
import { config } from '../09-authentication-service/lib/config.ts'
import { answering, NotSignedIn } from '../09-authentication-service/lib/failures.ts'
import { findUser } from '../09-authentication-service/lib/users.ts'

const cognito = new CognitoIdentityClient()

/** What a user sees of themselves. */
export interface Profile {
  email: string
  name?: string
  /** ID of the user's identity in the pool. */
  identityId: string
}

/** The address under which this service has logged an identity in. */
const emailOf = async (IdentityId: string): Promise<string | undefined> => {
  try {
    const found = await cognito.send(
      new LookupDeveloperIdentityCommand({ IdentityPoolId: config.identityPoolId, IdentityId }),
    )
    return found.DeveloperUserIdentifierList?.[0]
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}

/**
 * The caller's own profile: exercise 10.1. It takes no event, as the identity of the credentials says who calls.
 * @throws NotSignedIn for a call without an identity that has logged in
 */
export const handler = async (_event: unknown, { identity }: Pick<Context, 'identity'>): Promise<Profile> =>
  answering(async () => {
    const identityId = identity?.cognitoIdentityId
    const email = identityId && (await emailOf(identityId))
    const user = email ? await findUser(email) : undefined
    if (!identityId || !user) throw new NotSignedIn()
    // Each field by its name: what the table gets later is not shown by accident.
    return { email: user.email, ...(user.name ? { name: user.name } : {}), identityId }
  })
