import { environment } from '../../03-web-api/lib/environment.ts'

/** A variable that holds a whole number in a range. @throws Error at the cold start for anything else */
const numberIn = (name: string, least: number, most: number): number => {
  const value = Number(environment(name))
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`the environment variable ${name} must be a whole number from ${least} to ${most}`)
  return value
}

/**
 * The configuration of the authentication service, listing 9.1: parameters of the template, which it hands to every
 * function of chapters 9 and 10 in the same block of variables.
 */
export const config = {
  /** The table of users, `SampleAuthUsers`. */
  table: environment('DDB_TABLE'),
  /** The identity pool, `us-east-1:…`. */
  identityPoolId: environment('IDENTITY_POOL_ID'),
  /** Under which name the pool knows this service. */
  developerProvider: environment('DEVELOPER_PROVIDER_NAME'),
  /** How the service is called in mails. */
  externalName: environment('EXTERNAL_NAME'),
  /** The address that mails come from. */
  emailSource: environment('EMAIL_SOURCE'),
  /** The whole URLs of the two pages that mails lead to. */
  verificationPage: environment('VERIFICATION_PAGE'),
  resetPage: environment('RESET_PAGE'),
  /** The cost of a password's hash as a power of two: 17 takes 128 MB and 0.4 s of a whole processor. */
  scryptCost: numberIn('SCRYPT_COST', 1, 20),
} as const
