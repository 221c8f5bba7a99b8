import { CognitoIdentity } from '@aws-sdk/client-cognito-identity'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { IAM } from '@aws-sdk/client-iam'
import { Lambda } from '@aws-sdk/client-lambda'
import { S3 } from '@aws-sdk/client-s3'
import { SES } from '@aws-sdk/client-ses'
import { STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { type ClientConfig, withCloud } from '../../tests/cloud.ts'
import { cheap, guest, signedIn, TABLE, verifiedUser } from '../../tests/sampleAuth.ts'

const SENDER = 'sender@yourdomain.com'
const OTHER_SENDER = 'other@example.com'
const Key = { email: { S: 'grid@example.com' } }
const FUNCTIONS = [
  'CreateUser',
  'VerifyUser',
  'LostPassword',
  'ResetPassword',
  'Login',
  'ChangePassword',
  'ReadUserProfile',
]

/** The clients of one identity. */
const clientsOf = (config: object) => ({
  lambda: new Lambda(config as ClientConfig),
  dynamodb: new DynamoDB(config as ClientConfig),
  ses: new SES(config as ClientConfig),
  cognito: new CognitoIdentity(config as ClientConfig),
  s3: new S3({ ...(config as ClientConfig), forcePathStyle: true }),
  iam: new IAM(config as ClientConfig),
})
type Clients = ReturnType<typeof clientsOf>
interface Pools {
  pool: string
  otherPool: string
  site: string
}

const mail = (Source: string) => ({
  Source,
  Destination: { ToAddresses: ['grid@example.com'] },
  Message: { Subject: { Data: 'grid' }, Body: { Text: { Data: 'grid' } } },
})
const developer = (IdentityPoolId: string) => ({
  IdentityPoolId,
  Logins: { 'login.yourdomain.com': 'grid@example.com' },
})

/** Each action on each resource, as a request. */
const REQUESTS: Record<string, (clients: Clients, of: Pools) => Promise<unknown>> = {
  ...Object.fromEntries(
    FUNCTIONS.map((name) => [
      `invoke ${name}`,
      ({ lambda }: Clients) => lambda.invoke({ FunctionName: `SampleAuth${name}`, Payload: '{}' }),
    ]),
  ),
  'read the configuration of a function': ({ lambda }) =>
    lambda.getFunctionConfiguration({ FunctionName: 'SampleAuthLogin' }),
  'list functions': ({ lambda }) => lambda.listFunctions(),
  'GetItem users': ({ dynamodb }) => dynamodb.getItem({ TableName: TABLE, Key }),
  'PutItem users': ({ dynamodb }) => dynamodb.putItem({ TableName: TABLE, Item: Key }),
  'UpdateItem users': ({ dynamodb }) =>
    dynamodb.updateItem({ TableName: TABLE, Key, UpdateExpression: 'REMOVE nothing' }),
  'DeleteItem users': ({ dynamodb }) => dynamodb.deleteItem({ TableName: TABLE, Key }),
  'BatchGetItem users': ({ dynamodb }) => dynamodb.batchGetItem({ RequestItems: { [TABLE]: { Keys: [Key] } } }),
  'Query users': ({ dynamodb }) =>
    dynamodb.query({
      TableName: TABLE,
      KeyConditionExpression: 'email = :email',
      ExpressionAttributeValues: { ':email': Key.email },
    }),
  'Scan users': ({ dynamodb }) => dynamodb.scan({ TableName: TABLE }),
  'GetItem of another table': ({ dynamodb }) => dynamodb.getItem({ TableName: 'Other', Key }),
  'PutItem into another table': ({ dynamodb }) => dynamodb.putItem({ TableName: 'Other', Item: Key }),
  'SendEmail from the sender': ({ ses }) => ses.sendEmail(mail(SENDER)),
  'SendEmail from another address': ({ ses }) => ses.sendEmail(mail(OTHER_SENDER)),
  'SendRawEmail from the sender': ({ ses }) =>
    ses.sendRawEmail({
      Source: SENDER,
      RawMessage: { Data: Buffer.from(`From: ${SENDER}\r\nTo: grid@example.com\r\n\r\ngrid`) },
    }),
  'a token of the pool': ({ cognito }, { pool }) => cognito.getOpenIdTokenForDeveloperIdentity(developer(pool)),
  'a token of another pool': ({ cognito }, { otherPool }) =>
    cognito.getOpenIdTokenForDeveloperIdentity(developer(otherPool)),
  'look up in the pool': ({ cognito }, { pool }) =>
    cognito.lookupDeveloperIdentity({ IdentityPoolId: pool, DeveloperUserIdentifier: 'grid@example.com' }),
  'look up in another pool': ({ cognito }, { otherPool }) =>
    cognito.lookupDeveloperIdentity({ IdentityPoolId: otherPool, DeveloperUserIdentifier: 'grid@example.com' }),
  'describe the pool': ({ cognito }, { pool }) => cognito.describeIdentityPool({ IdentityPoolId: pool }),
  'list identities of the pool': ({ cognito }, { pool }) =>
    cognito.listIdentities({ IdentityPoolId: pool, MaxResults: 1 }),
  'read a page': ({ s3 }, { site: Bucket }) => s3.getObject({ Bucket, Key: 'index.html' }),
  'list pages': ({ s3 }, { site: Bucket }) => s3.listObjectsV2({ Bucket }),
  'write a page': ({ s3 }, { site: Bucket }) => s3.putObject({ Bucket, Key: 'index.html', Body: 'grid' }),
  'delete a page': ({ s3 }, { site: Bucket }) => s3.deleteObject({ Bucket, Key: 'other.html' }),
  'list roles': ({ iam }) => iam.listRoles({}),
}

const GUEST = ['invoke CreateUser', 'invoke VerifyUser', 'invoke LostPassword', 'invoke ResetPassword', 'invoke Login']
const READ_AND_CHANGE = ['GetItem users', 'UpdateItem users']

/** What each identity may do: listings 9.6 and 10.13, and the table of functions. All with a key that is one may read the pages. */
const GRANTED: Record<string, string[]> = {
  'an unknown key': [],
  guest: GUEST,
  'signed in': [...GUEST, 'invoke ChangePassword', 'invoke ReadUserProfile'],
  SampleAuthCreateUserRole: ['PutItem users', 'SendEmail from the sender'],
  SampleAuthVerifyUserRole: READ_AND_CHANGE,
  SampleAuthLostPasswordRole: [...READ_AND_CHANGE, 'SendEmail from the sender'],
  SampleAuthResetPasswordRole: READ_AND_CHANGE,
  SampleAuthLoginRole: [...READ_AND_CHANGE, 'a token of the pool'],
  SampleAuthChangePasswordRole: READ_AND_CHANGE,
  SampleAuthReadUserProfileRole: ['GetItem users', 'look up in the pool'],
}

const REFUSALS = [
  'AccessDenied',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
]

describe('Who may do what in chapters 9 and 10', () => {
  const cloud = withCloud({ chapter: '10', change: cheap })
  let of: Pools
  before(async () => {
    const { cognito, ses, dynamodb, s3 } = clientsOf(cloud.config())
    const { IdentityPoolId: otherPool = '' } = await cognito.createIdentityPool({
      IdentityPoolName: 'other',
      AllowUnauthenticatedIdentities: true,
      DeveloperProviderName: 'login.yourdomain.com',
    })
    await ses.verifyEmailIdentity({ EmailAddress: OTHER_SENDER })
    await dynamodb.createTable({
      TableName: 'Other',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'email', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'email', KeyType: 'HASH' }],
    })
    const output = (name: string) => String(cloud.stack.outputs[name]?.value)
    of = { pool: output('SampleAuthPoolId'), otherPool, site: output('Site10') }
    await s3.putObject({ Bucket: of.site, Key: 'index.html', Body: 'grid' })
  })

  /** A session of a function's role, which only Lambda may begin: its trust is widened for this test. */
  const asRole = async (RoleName: string) => {
    const { iam } = clientsOf(cloud.config())
    const { Role } = await iam.getRole({ RoleName })
    const trust = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
    await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument })
    const { Credentials: given } = await new STS(cloud.config()).assumeRole({
      RoleArn: Role?.Arn,
      RoleSessionName: 'grid',
    })
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {}
    return cloud.config({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken })
  }

  const configOf = async (identity: string): Promise<object> => {
    if (identity.startsWith('SampleAuth')) return asRole(identity)
    if (identity === 'an unknown key')
      return cloud.config({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'none' })
    const visitor = await guest(cloud)
    if (identity === 'guest') return cloud.config(visitor.credentials)
    const user = { email: 'grid@example.com', password: 'open sesame' }
    await verifiedUser(cloud, visitor, user)
    return cloud.config((await signedIn(cloud, await visitor.call('SampleAuthLogin', user))).credentials)
  }

  const isAllowed = async (call: Promise<unknown>): Promise<boolean> => {
    try {
      await call
      return true
    } catch (error) {
      if (REFUSALS.includes((error as Error).name)) return false
      // Refused by the service, after IAM has let it through: what is asked for is not there.
      if ((error as { $metadata?: object }).$metadata) return true
      throw error
    }
  }

  for (const [identity, granted] of Object.entries(GRANTED))
    it(`${identity}: ${granted.length} of ${Object.keys(REQUESTS).length}${granted.length ? `: ${granted.join(', ')}` : ''}`, async () => {
      const clients = clientsOf(await configOf(identity))
      const allowed: string[] = []

      for (const [name, request] of Object.entries(REQUESTS))
        if (await isAllowed(request(clients, of))) allowed.push(name)

      const all = identity === 'an unknown key' ? granted : [...granted, 'read a page']
      expect(allowed).to.have.members(all)
      for (const client of Object.values(clients)) client.destroy()
    }).timeout(60_000)
})
