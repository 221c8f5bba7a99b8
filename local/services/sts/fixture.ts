import { type CreateRoleCommandInput, IAM } from '@aws-sdk/client-iam'
import { type AssumeRoleCommandInput, type AssumeRoleCommandOutput, STS } from '@aws-sdk/client-sts'

/** Roles and sessions for the tests of STS. */

export const ACCOUNT = '123456789012'
export const LOCAL = `arn:aws:iam::${ACCOUNT}:user/local`
export const ALL = { Effect: 'Allow', Action: '*', Resource: '*' }
export const arnOf = (role: string): string => `arn:aws:iam::${ACCOUNT}:role/${role}`
export const document = (...Statement: unknown[]): string => JSON.stringify({ Version: '2012-10-17', Statement })

/** What of a test's cloud is needed: the configuration of clients. */
interface Place<Config> {
  config(credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): Config
}

/** Creates roles and takes them on, in a cloud that runs when they are used. */
export const actorsOf = <Config extends ConstructorParameters<typeof IAM>[0]>(cloud: Place<Config>) => ({
  /** A role that the account may take on, and what it may do. Gives its ARN. */
  async roleOf(
    RoleName: string,
    statements: unknown[],
    more: Partial<CreateRoleCommandInput> = {},
    trust: Record<string, unknown> = {},
  ): Promise<string> {
    const iam = new IAM(cloud.config() as object)
    const AssumeRolePolicyDocument = document({
      ...{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
      ...trust,
    })
    await iam.createRole({ RoleName, AssumeRolePolicyDocument, ...more })
    if (statements.length)
      await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document(...statements) })
    return arnOf(RoleName)
  },
  assume: (RoleArn: string, more: Partial<AssumeRoleCommandInput> = {}, client?: STS) =>
    (client ?? new STS(cloud.config() as object)).assumeRole({ RoleArn, RoleSessionName: 'session', ...more }),
  /** The configuration of clients that act as a session. */
  as: ({ Credentials: given }: AssumeRoleCommandOutput): Config =>
    cloud.config({
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    }),
})
