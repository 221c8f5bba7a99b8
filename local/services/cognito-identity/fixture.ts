import { CognitoIdentity, type CreateIdentityPoolCommandInput } from '@aws-sdk/client-cognito-identity'
import { IAM } from '@aws-sdk/client-iam'
import { expect } from 'chai'

/** What tests of identity pools need: pools with roles, and clients without a key. */

export const ACCOUNT = '123456789012'
const COGNITO = 'cognito-identity.amazonaws.com'

/** What every client is made with. */
interface ClientConfig {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
}

/** The trust policy of a role that identities of a pool may take on: `amr` as in listings 6.5 and 6.6. */
export const trustOf = (pool: string, amr: 'authenticated' | 'unauthenticated'): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: COGNITO },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${COGNITO}:aud`]: pool },
        'ForAnyValue:StringLike': { [`${COGNITO}:amr`]: amr },
      },
    },
  })

/** Creates a pool with a role for guests and one for those who signed in, each with its statements. */
export const createPool = async (
  config: ClientConfig,
  name: string,
  {
    guest,
    signedIn,
    ...more
  }: Partial<CreateIdentityPoolCommandInput> & { guest?: object[]; signedIn?: object[] } = {},
): Promise<string> => {
  const [cognito, iam] = [new CognitoIdentity(config), new IAM(config)]
  const { IdentityPoolId: id = '' } = await cognito.createIdentityPool({
    IdentityPoolName: name,
    AllowUnauthenticatedIdentities: true,
    DeveloperProviderName: 'login.example.com',
    ...more,
  })
  const role = async (RoleName: string, amr: 'authenticated' | 'unauthenticated', Statement: object[]) => {
    const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument: trustOf(id, amr) })
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    if (Statement.length) await iam.putRolePolicy({ RoleName, PolicyName: 'policy', PolicyDocument })
    return Role?.Arn ?? ''
  }
  await cognito.setIdentityPoolRoles({
    IdentityPoolId: id,
    Roles: {
      unauthenticated: await role(`${name}-guest`, 'unauthenticated', guest ?? []),
      authenticated: await role(`${name}-signed-in`, 'authenticated', signedIn ?? []),
    },
  })
  cognito.destroy()
  iam.destroy()
  return id
}

/** A client that signs nothing, as a page has it before it has credentials. */
export const unsigned = (config: ClientConfig): CognitoIdentity =>
  new CognitoIdentity({
    ...config,
    credentials: async () => expect.fail('an unsigned call asked for credentials'),
  })
