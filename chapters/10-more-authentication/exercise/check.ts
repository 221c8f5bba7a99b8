import { CognitoIdentity } from '@aws-sdk/client-cognito-identity'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { startCloud } from '../../../tests/cloud.ts'

const TABLE = 'UsersOfTheExercise'
const PROVIDER = 'login.example.com'
const where = (point: number) => `look at README.md beside your file, point ${point}`

describe('readUserProfile', () => {
  let cloud: Awaited<ReturnType<typeof startCloud>>
  let handler: (event: unknown, context: unknown) => Promise<unknown>
  let cognito: CognitoIdentity
  let pool: string
  const { error } = console

  before(async () => {
    cloud = await startCloud()
    cognito = new CognitoIdentity(cloud.config())
    const { IdentityPoolId = '' } = await cognito.createIdentityPool({
      IdentityPoolName: 'exercise',
      AllowUnauthenticatedIdentities: true,
      DeveloperProviderName: PROVIDER,
    })
    pool = IdentityPoolId
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: cloud.cloud.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      DDB_TABLE: TABLE,
      IDENTITY_POOL_ID: pool,
      DEVELOPER_PROVIDER_NAME: PROVIDER,
      EXTERNAL_NAME: 'Exercise',
      EMAIL_SOURCE: 'sender@example.com',
      VERIFICATION_PAGE: 'http://example.com/verify.html',
      RESET_PAGE: 'http://example.com/resetPassword.html',
      SCRYPT_COST: '4',
    })
    await new DynamoDB().createTable({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'email', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'email', KeyType: 'HASH' }],
    })
    ;({ handler } = await import(process.env.EXERCISE ?? './starter.ts'))
  })
  beforeEach(() => {
    console.error = () => {}
  })
  afterEach(() => Object.assign(console, { error }))
  after(() => cloud?.stop())

  const store = (Item: Record<string, unknown>) => DynamoDBDocument.from(new DynamoDB()).put({ TableName: TABLE, Item })
  /** The identity of a user who has logged in. */
  const identityOf = async (email: string) => {
    const { IdentityId = '' } = await cognito.getOpenIdTokenForDeveloperIdentity({
      IdentityPoolId: pool,
      Logins: { [PROVIDER]: email },
    })
    return IdentityId
  }
  const called = async (identityId: string | undefined, event: unknown = {}) =>
    handler(event, identityId === undefined ? {} : { identity: { cognitoIdentityId: identityId } }).catch(
      (error: Error) => error.name,
    )
  const secrets = { passwordHash: '$scrypt$', passwordSalt: 'salt', lostToken: [], verifyToken: 'hash', attempts: {} }

  it('shows the caller what is known of them', async () => {
    await store({ email: 'john@example.com', name: 'John', verified: true, revision: 3, ...secrets })
    const identityId = await identityOf('john@example.com')

    expect(await called(identityId), where(1)).to.be.an('object')
    expect(await called(identityId), where(2)).to.deep.equal({ email: 'john@example.com', name: 'John', identityId })
  })

  it('shows no name where there is none', async () => {
    await store({ email: 'nameless@example.com', verified: true, ...secrets })
    const identityId = await identityOf('nameless@example.com')

    expect(await called(identityId), where(2)).to.deep.equal({ email: 'nameless@example.com', identityId })
  })

  it('does not mind an address in the event', async () => {
    await store({ email: 'jane@example.com', name: 'Jane', verified: true, ...secrets })
    const identityId = await identityOf('john@example.com')

    const answer = await called(identityId, { email: 'jane@example.com' })

    expect(answer, where(1)).to.deep.equal({ email: 'john@example.com', name: 'John', identityId })
  })

  it('refuses a caller without an identity', async () => {
    expect(await called(undefined, { email: 'john@example.com' }), where(3)).to.equal('NotSignedIn')
  })

  it('refuses who asks for an address that nobody has', async () => {
    expect(await called(undefined, { email: 'nobody@example.com' }), where(3)).to.equal('NotSignedIn')
  })

  it('refuses a guest', async () => {
    const { IdentityId } = await cognito.getId({ IdentityPoolId: pool })

    expect(await called(IdentityId, { email: 'john@example.com' }), where(3)).to.equal('NotSignedIn')
  })

  it('refuses an identity whose user is gone', async () => {
    expect(await called(await identityOf('gone@example.com')), where(3)).to.equal('NotSignedIn')
  })
})
