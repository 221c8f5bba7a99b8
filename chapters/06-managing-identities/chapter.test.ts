import { readFileSync } from 'node:fs'
import { CognitoIdentity } from '@aws-sdk/client-cognito-identity'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { POOL, whyDenied } from '../../scripts/lib/policies.ts'
import { chain } from '../../tests/chains/06.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { withCloud } from '../../tests/cloud.ts'
import { refusalOf } from '../../tests/refusal.ts'

const COGNITO = 'cognito-identity.amazonaws.com'
const PROVIDER = 'login.yourdomain.com'
const BUCKET = 'local-123456789012-myapp'

const policy = (name: string): string => readFileSync(new URL(`policies/${name}.json`, import.meta.url), 'utf8')
const tableArn = (name: string) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`
const MY_TABLE = 'arn:aws:dynamodb:us-east-1:111122223333:table/MyTable'

describe('Chapter 6 on the local cloud', () => {
  const cloud = withCloud({ chapter: '06' })
  let pool: string
  let admin: CognitoIdentity
  let page: CognitoIdentity
  before(() => {
    pool = cloud.stack.outputs.MyAppPoolId?.value as string
    admin = new CognitoIdentity(cloud.config())
    page = new CognitoIdentity({ ...cloud.config(), credentials: async () => expect.fail('asked for credentials') })
  })

  takeSteps(chain, cloud)

  describe('its roles have the listings', () => {
    const roleOf = async (RoleName: string) => {
      const iam = new IAM(cloud.config())
      const { Role } = await iam.getRole({ RoleName })
      const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName })
      const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName })
      const documents = await Promise.all(
        PolicyNames.map(async (PolicyName) => {
          const { PolicyDocument = '' } = await iam.getRolePolicy({ RoleName, PolicyName })
          return [PolicyName, JSON.parse(decodeURIComponent(PolicyDocument))]
        }),
      )
      return {
        trust: JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')),
        policies: Object.fromEntries(documents),
        attached: AttachedPolicies,
      }
    }
    const listing = (name: string, values: Record<string, string>) =>
      JSON.parse(Object.entries(values).reduce((text, [from, to]) => text.replaceAll(from, to), policy(name)))
    /** The printed trust policies have one statement, the template's a list of one. */
    const trust = (name: string) => {
      const { Version, Statement } = listing(name, { [POOL]: pool })
      return { Version, Statement: [Statement] }
    }

    it('6.5 for guests, who may do no more than sign in', async () => {
      const { trust: found, policies, attached } = await roleOf('MyAppGuest')

      expect(found).to.deep.equal(trust('6.5-trust-guests'))
      expect(Object.keys(policies)).to.deep.equal(['SignIn'])
      expect(attached).to.deep.equal([])
    })

    it('6.6 and 6.1 to 6.4 for those who signed in, and nothing else', async () => {
      const { trust: found, policies, attached } = await roleOf('MyAppSignedIn')

      expect(found).to.deep.equal(trust('6.6-trust-users'))
      expect(policies).to.deep.equal({
        PrivateFolders: listing('6.1-private-folders', { ':::B': `:::${BUCKET}`, 'P/': 'priv/' }),
        PublicFolders: listing('6.2-public-folders', { ':::B': `:::${BUCKET}`, 'P/': 'pub/' }),
        PrivateItems: listing('6.3-private-items', { [MY_TABLE]: tableArn('PrivateTable') }),
        SharedItems: listing('6.4-shared-items', { [MY_TABLE]: tableArn('SharedTable') }),
      })
      expect(attached).to.deep.equal([])
    })
  })

  it('getTokenForName may vouch for names in this pool, and write its log; nothing else of what the pages do', async () => {
    const iam = new IAM(cloud.config())
    const RoleName = 'GetTokenForNameRole'
    const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName })
    const { Role } = await iam.getRole({ RoleName })
    const trust = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
    await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument })
    const { Credentials: given } = await new STS(cloud.config()).assumeRole({
      ...{ RoleArn: Role?.Arn, RoleSessionName: 'grid' },
    })
    const config = cloud.config({
      ...{ accessKeyId: given?.AccessKeyId ?? '', secretAccessKey: given?.SecretAccessKey ?? '' },
      sessionToken: given?.SessionToken ?? '',
    })
    const { IdentityPoolId: other = '' } = await admin.createIdentityPool({
      ...{ IdentityPoolName: 'foreign', AllowUnauthenticatedIdentities: true, DeveloperProviderName: PROVIDER },
    })
    const cognito = new CognitoIdentity(config)
    const s3 = new S3({ ...config, forcePathStyle: true })
    const dynamodb = new DynamoDB(config)
    const Key = { userId: { S: 'alice' } }
    const vouch = (IdentityPoolId: string) =>
      cognito.getOpenIdTokenForDeveloperIdentity({ IdentityPoolId, Logins: { [PROVIDER]: 'alice' } })

    expect(AttachedPolicies.map(({ PolicyName }) => PolicyName)).to.deep.equal(['AWSLambdaBasicExecutionRole'])
    expect((await vouch(pool)).Token).to.match(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    for (const [name, request] of Object.entries({
      'a token of another pool': () => vouch(other),
      'describe the pool': () => cognito.describeIdentityPool({ IdentityPoolId: pool }),
      'list identities': () => cognito.listIdentities({ IdentityPoolId: pool, MaxResults: 1 }),
      'look up': () => cognito.lookupDeveloperIdentity({ IdentityPoolId: pool, DeveloperUserIdentifier: 'alice' }),
      's3:GetObject': () => s3.getObject({ Bucket: BUCKET, Key: 'pub/a' }),
      's3:PutObject': () => s3.putObject({ Bucket: BUCKET, Key: 'pub/a', Body: 'x' }),
      's3:ListBucket': () => s3.listObjectsV2({ Bucket: BUCKET }),
      'dynamodb:GetItem': () => dynamodb.getItem({ TableName: 'PrivateTable', Key }),
      'dynamodb:PutItem': () => dynamodb.putItem({ TableName: 'SharedTable', Item: Key }),
      'dynamodb:Scan': () => dynamodb.scan({ TableName: 'SharedTable' }),
    }))
      expect((await refusalOf(request())).name, name).to.match(/^AccessDenied/)
  })

  describe('who takes a role on', () => {
    const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`
    const take = (role: string, WebIdentityToken = '') =>
      new STS(cloud.config()).assumeRoleWithWebIdentity({
        RoleArn: roleArn(role),
        RoleSessionName: 'one',
        WebIdentityToken,
      })
    const tokenOf = async (name: string, IdentityPoolId = pool) =>
      (await admin.getOpenIdTokenForDeveloperIdentity({ IdentityPoolId, Logins: { [PROVIDER]: name } })).Token
    const why = () => {
      const last = cloud.cloud.decisions.findLast(({ service }) => service === 'sts')
      return last && whyDenied(last.decision)
    }
    const REFUSED = {
      name: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      status: 403,
    }

    it('who has signed in takes on their role, in the basic flow too', async () => {
      const { AssumedRoleUser } = await take('MyAppSignedIn', await tokenOf('alice'))

      expect(AssumedRoleUser?.Arn).to.equal('arn:aws:sts::123456789012:assumed-role/MyAppSignedIn/one')
    })

    it('who has signed in does not take on the one for guests: amr', async () => {
      expect(await refusalOf(take('MyAppGuest', await tokenOf('alice')))).to.deep.equal(REFUSED)
      expect(why()).to.equal(
        `condition ForAnyValue:StringLike ${COGNITO}:amr "unauthenticated" does not hold: it is ["authenticated","${PROVIDER}","${PROVIDER}:us-east-1:${pool.split(':')[1]}:alice"] here`,
      )
    })

    it('a guest does not take on the one of those who signed in: amr', async () => {
      const {
        IdentityPoolId: _,
        IdentityPoolTags: __, // CloudFormation's own, which nobody else may write
        IdentityPoolName,
        ...rest
      } = await admin.describeIdentityPool({ IdentityPoolId: pool })
      await admin.updateIdentityPool({ ...rest, IdentityPoolName, IdentityPoolId: pool, AllowClassicFlow: true })
      const { IdentityId } = await page.getId({ IdentityPoolId: pool })
      const { Token } = await page.getOpenIdToken({ IdentityId })

      expect(await refusalOf(take('MyAppSignedIn', Token))).to.deep.equal(REFUSED)
      expect(why()).to.equal(
        `condition ForAnyValue:StringLike ${COGNITO}:amr "authenticated" does not hold: it is ["unauthenticated"] here`,
      )
    })

    it('who has signed in to another pool does not: aud', async () => {
      const other = await admin.createIdentityPool({
        ...{ IdentityPoolName: 'other', AllowUnauthenticatedIdentities: false, DeveloperProviderName: PROVIDER },
      })
      const token = await tokenOf('alice', other.IdentityPoolId)

      expect(await refusalOf(take('MyAppSignedIn', token))).to.deep.equal(REFUSED)
      expect(why()).to.equal(
        `condition StringEquals ${COGNITO}:aud "${pool}" does not hold: it is "${other.IdentityPoolId}" here`,
      )
    })
  })

  describe('sub, in the keys of objects', () => {
    let s3: S3
    let id: string
    const where = (Key: string) => ({ Bucket: BUCKET, Key })
    before(async () => {
      const { IdentityId = '', Token = '' } = await admin.getOpenIdTokenForDeveloperIdentity({
        IdentityPoolId: pool,
        Logins: { [PROVIDER]: 'alice' },
      })
      id = IdentityId
      const { Credentials: given } = await page.getCredentialsForIdentity({ IdentityId, Logins: { [COGNITO]: Token } })
      const credentials = {
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretKey ?? '',
        sessionToken: given?.SessionToken ?? '',
      }
      s3 = new S3({ ...cloud.config(credentials), forcePathStyle: true })
    })

    it('is the whole name of a folder', async () => {
      await s3.putObject({ ...where(`priv/${id}/deep/a.txt`), Body: 'mine' })

      expect(await (await s3.getObject(where(`priv/${id}/deep/a.txt`))).Body?.transformToString()).to.equal('mine')
      for (const key of [`priv/${id}0/a.txt`, `priv/${id}`, 'priv/a.txt', 'pub/a.txt', 'a.txt', `x/priv/${id}/a.txt`]) {
        const { name, message } = await refusalOf(s3.putObject({ ...where(key), Body: 'not mine' }))
        expect(name, key).to.equal('AccessDenied')
        expect(message).to.equal(
          `User: arn:aws:sts::123456789012:assumed-role/MyAppSignedIn/CognitoIdentityCredentials is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${BUCKET}/${key}" because no identity-based policy allows the s3:PutObject action`,
        )
      }
    })
  })

  describe('whose an identity is', () => {
    const login = (Token: string) => ({ [COGNITO]: Token })
    const alice = async () => {
      const Logins = { [PROVIDER]: 'alice' }
      const { IdentityId = '', Token = '' } = await admin.getOpenIdTokenForDeveloperIdentity({
        IdentityPoolId: pool,
        Logins,
      })
      return { IdentityId, Token }
    }
    const refused = (message: string) => ({ name: 'NotAuthorizedException', message, status: 400 })

    it('nobody becomes somebody who has signed in by their identity id alone', async () => {
      const { IdentityId } = await alice()

      expect(await refusalOf(page.getCredentialsForIdentity({ IdentityId }))).to.deep.equal(
        refused(`Access to Identity '${IdentityId}' is forbidden.`),
      )
    })

    it('nobody becomes somebody else by a token of their own, or by one that was changed', async () => {
      const { IdentityId, Token } = await alice()
      const { IdentityId: guest } = await page.getId({ IdentityPoolId: pool })
      const [head, , signature] = Token.split('.')
      const claims = Buffer.from(JSON.stringify({ ...JSON.parse(atob(Token.split('.')[1] ?? '')), sub: guest }))
      const forged = [head, claims.toString('base64url'), signature].join('.')

      expect(
        await refusalOf(page.getCredentialsForIdentity({ IdentityId: guest, Logins: login(Token) })),
      ).to.deep.equal(
        refused("Logins don't match. Please include at least one valid login for this identity or identity pool."),
      )
      expect(
        await refusalOf(page.getCredentialsForIdentity({ IdentityId: guest, Logins: login(forged) })),
      ).to.deep.equal(refused("Invalid login token. Couldn't verify signed token."))
      await page.getCredentialsForIdentity({ IdentityId, Logins: login(Token) })
    })

    it('a token is good for a quarter of an hour', async () => {
      const { IdentityId, Token } = await alice()
      cloud.clock.advance(16 * 60_000)

      const { name, message } = await refusalOf(page.getCredentialsForIdentity({ IdentityId, Logins: login(Token) }))

      expect(name).to.equal('NotAuthorizedException')
      expect(message).to.match(/^Invalid login token\. Token expired: \d+ >= \d+$/)
    })
  })
})
