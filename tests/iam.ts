import { type CreateRoleCommandInput, IAM } from '@aws-sdk/client-iam'
import { withCloud } from './cloud.ts'
import { shared } from './shared.ts'

/** What tests of roles and policies have in common. */

export const ACCOUNT = '123456789012'
/** A policy of some statements, as JSON. */
export const document = (...Statement: unknown[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
/** The trust policy of a role that `Principal` may take on. */
export const trustIn = (Principal: object): string => document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' })
export const TRUST = trustIn({ Service: 'lambda.amazonaws.com' })
export const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
export const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'

/** A cloud and IAM's client for all tests of a `describe` block; use them inside `it`. */
export const withIam = () => {
  const cloud = withCloud()
  const iam: IAM = shared(
    'IAM',
    () => new IAM(cloud.config()),
    (client) => client.destroy(),
  )
  const createRole = (RoleName: string, more: Partial<CreateRoleCommandInput> = {}) =>
    iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST, ...more })
  return { cloud, iam, createRole }
}
