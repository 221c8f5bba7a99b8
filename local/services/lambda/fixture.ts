import { CreateRoleCommand, IAMClient, type IAMClientConfig, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, type CreateFunctionCommandInput, type LambdaClient } from '@aws-sdk/client-lambda'
import { AssumeRoleCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts'
import { strToU8, zipSync } from 'fflate'

/** What tests of functions need: roles and packages. */

export const ACCOUNT = '123456789012'
export const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`

/** The three actions of AWS's managed policy AWSLambdaBasicExecutionRole. */
export const LOGGING = {
  Effect: 'Allow',
  Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: '*',
}

/** The trust policy of a role that `principal` may take on. */
export const trust = (principal: unknown = { Service: 'lambda.amazonaws.com' }): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' },
  })

/** Puts what a role may do in place of what it might before. */
export const allow = async (config: IAMClientConfig, RoleName: string, Statement: unknown[]): Promise<void> => {
  const iam = new IAMClient(config)
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'policy', PolicyDocument }))
  iam.destroy()
}

/** Creates a role. Gives its ARN. */
export const createRole = async (
  config: IAMClientConfig,
  RoleName: string,
  statements: unknown[] = [LOGGING],
  AssumeRolePolicyDocument = trust(),
): Promise<string> => {
  const iam = new IAMClient(config)
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  iam.destroy()
  if (statements.length) await allow(config, RoleName, statements)
  return roleArn(RoleName)
}

/** A deployment package with one module, `index.mjs`: the same bytes whenever it is made. */
export const packageOf = (source: string): Uint8Array =>
  zipSync({ 'index.mjs': strToU8(source) }, { mtime: '2026-01-01T00:00:00' })

/** What CreateFunction takes for a module that exports `handler`. */
export const functionOf = (
  FunctionName: string,
  source: string,
  more: Partial<CreateFunctionCommandInput> = {},
): CreateFunctionCommandInput => ({
  FunctionName,
  Role: roleArn('basic'),
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  Code: { ZipFile: packageOf(source) },
  ...more,
})

export const createFunction = (lambda: LambdaClient, ...of: Parameters<typeof functionOf>) =>
  lambda.send(new CreateFunctionCommand(functionOf(...of)))

/** Credentials of a role that the account's own users may take on. */
export const sessionOf = async (config: STSClientConfig, RoleArn: string): Promise<Keys> => {
  const sts = new STSClient(config)
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }))
  sts.destroy()
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

interface Keys {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}
