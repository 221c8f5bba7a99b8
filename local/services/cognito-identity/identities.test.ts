import { CognitoIdentity } from '@aws-sdk/client-cognito-identity'
import { S3 } from '@aws-sdk/client-s3'
import { STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import type { JSONWebKeySet } from 'jose'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, createPool, unsigned } from './fixture.ts'

const COGNITO = 'cognito-identity.amazonaws.com'
const SUB = '$' + '{cognito-identity.amazonaws.com:sub}'

describe('Cognito: guests and developer authenticated identities', () => {
  const cloud = withCloud()
  let admin: CognitoIdentity
  let page: CognitoIdentity
  let pool: string
  before(async () => {
    admin = new CognitoIdentity(cloud.config())
    page = unsigned(cloud.config())
    const s3 = new S3(cloud.config())
    await s3.createBucket({ Bucket: 'own' })
    s3.destroy()
    pool = await createPool(cloud.config(), 'people', {
      guest: [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::own/public/*' },
        { Effect: 'Allow', Action: ['iam:ListRoles', 's3:ListAllMyBuckets'], Resource: '*' },
      ],
      signedIn: [
        { Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: `arn:aws:s3:::own/private/${SUB}/*` },
        { Effect: 'Allow', Action: 'iam:ListRoles', Resource: '*' },
      ],
    })
  })
  after(() => {
    admin.destroy()
    page.destroy()
  })
  const tokenOf = (user: string, more = {}) =>
    admin.getOpenIdTokenForDeveloperIdentity({
      IdentityPoolId: pool,
      Logins: { 'login.example.com': user },
      ...more,
    })
  const as = async (IdentityId?: string, Token?: string) => {
    const { Credentials } = await page.getCredentialsForIdentity({
      IdentityId,
      Logins: Token === undefined ? undefined : { [COGNITO]: Token },
    })
    return {
      ...cloud.config(),
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    }
  }

  it('gives a guest an identity and the credentials of the guest role', async () => {
    const { IdentityId } = await page.getId({ IdentityPoolId: pool, AccountId: ACCOUNT })
    const config = await as(IdentityId)
    const sts = new STS(config)
    const s3 = new S3({ ...config, forcePathStyle: true })

    const who = await sts.getCallerIdentity({})
    const refused = await refusalOf(s3.getObject({ Bucket: 'own', Key: 'private/x' }))
    const absent = await refusalOf(s3.getObject({ Bucket: 'own', Key: 'public/none' }))
    sts.destroy()
    s3.destroy()

    expect(IdentityId).to.match(/^us-east-1:[0-9a-f]{8}-[0-9a-f-]{27}$/)
    expect(who.Arn).to.equal(`arn:aws:sts::${ACCOUNT}:assumed-role/people-guest/CognitoIdentityCredentials`)
    expect([refused.name, refused.status]).to.deep.equal(['AccessDenied', 403])
    expect(absent.name).to.equal('AccessDenied') // without s3:ListBucket a missing object is denied
  })

  it('limits guests to what their session policy says, whatever the role allows', async () => {
    const { IAM } = await import('@aws-sdk/client-iam')
    const { IdentityId } = await page.getId({ IdentityPoolId: pool })
    const guest = new IAM(await as(IdentityId))
    const user = await tokenOf('limits')
    const signedIn = new IAM(await as(user.IdentityId, user.Token))

    const refused = await refusalOf(guest.listRoles({}))
    const listed = await signedIn.listRoles({})
    guest.destroy()
    signedIn.destroy()

    expect(refused.message).to.contain('because no session policy allows the iam:ListRoles action')
    expect(listed.Roles).not.to.equal(undefined)
  })

  it("gives a developer's user the same identity each time, and a private folder", async () => {
    const first = await tokenOf('john')
    const again = await tokenOf('john')
    const other = await tokenOf('jane')
    const s3 = new S3({ ...(await as(first.IdentityId, again.Token)), forcePathStyle: true })

    await s3.putObject({ Bucket: 'own', Key: `private/${first.IdentityId}/a.txt`, Body: 'mine' })
    const refused = await refusalOf(
      s3.putObject({ Bucket: 'own', Key: `private/${other.IdentityId}/a.txt`, Body: 'not mine' }),
    )
    s3.destroy()

    expect(again.IdentityId).to.equal(first.IdentityId)
    expect(other.IdentityId).not.to.equal(first.IdentityId)
    expect(refused.name).to.equal('AccessDenied')
  })

  it('signs tokens that its published keys prove', async () => {
    const { createLocalJWKSet, jwtVerify } = await import('jose')
    const { IdentityId, Token = '' } = await tokenOf('token', { TokenDuration: 60 })

    const published = await (await fetch(`${cloud.config().endpoint}/.well-known/jwks_uri`)).json()
    const { payload, protectedHeader } = await jwtVerify(Token, createLocalJWKSet(published as JSONWebKeySet), {
      currentDate: new Date(cloud.clock.now()),
    })

    expect(protectedHeader.alg).to.equal('RS512')
    expect(payload).to.deep.include({
      iss: `https://${COGNITO}`,
      sub: IdentityId,
      aud: pool,
      amr: ['authenticated', 'login.example.com', `login.example.com:${pool}:token`],
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).to.equal(60)
    expect(JSON.stringify(published)).not.to.match(/"(d|p|q|dp|dq|qi)":/)
  })

  it('tells refused tokens and identities apart, as AWS does', async () => {
    const stranger = await createPool(cloud.config(), 'strangers')
    const foreign = await admin.getOpenIdTokenForDeveloperIdentity({
      IdentityPoolId: stranger,
      Logins: { 'login.example.com': 'john' },
    })
    const john = await tokenOf('refused')
    const jane = await tokenOf('other')
    const [head, body, signature = ''] = (john.Token ?? '').split('.')
    const forged = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const unsignedToken = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
    const credentials = (IdentityId?: string, token?: string) =>
      refusalOf(
        page.getCredentialsForIdentity({ IdentityId, Logins: token === undefined ? undefined : { [COGNITO]: token } }),
      )
    const told = async (IdentityId?: string, token?: string) => {
      const { name, message } = await credentials(IdentityId, token)
      return `${name}: ${message}`
    }

    expect(await told(john.IdentityId)).to.equal(
      `NotAuthorizedException: Access to Identity '${john.IdentityId}' is forbidden.`,
    )
    expect(await told(john.IdentityId, forged)).to.equal(
      "NotAuthorizedException: Invalid login token. Couldn't verify signed token.",
    )
    expect(await told(john.IdentityId, unsignedToken)).to.contain(
      "NotAuthorizedException: Invalid login token. Couldn't",
    )
    expect(await told(john.IdentityId, 'none')).to.equal(
      'NotAuthorizedException: Invalid login token. Not a valid OpenId Connect identity token.',
    )
    expect(await told(john.IdentityId, jane.Token)).to.contain("NotAuthorizedException: Logins don't match.")
    expect(await told(john.IdentityId, foreign.Token)).to.contain('NotAuthorizedException: Invalid login token.')
    expect(await told('us-east-1:00000000-0000-0000-0000-000000000000')).to.equal(
      "ResourceNotFoundException: Identity 'us-east-1:00000000-0000-0000-0000-000000000000' not found.",
    )
    const { name } = await refusalOf(page.getId({ IdentityPoolId: 'us-east-1:00000000-0000-0000-0000-000000000000' }))
    expect(name).to.equal('ResourceNotFoundException')
  })

  it('refuses guests where a pool wants none', async () => {
    const closed = await createPool(cloud.config(), 'closed', { AllowUnauthenticatedIdentities: false })

    expect(await refusalOf(page.getId({ IdentityPoolId: closed }))).to.deep.equal({
      name: 'NotAuthorizedException',
      status: 400,
      message: 'Unauthenticated access is not supported for this identity pool.',
    })
  })

  it('gives tokens for the basic flow only where the pool allows it', async () => {
    const classic = await createPool(cloud.config(), 'classic', { AllowClassicFlow: true })
    const sts = new STS({ ...cloud.config(), credentials: async () => expect.fail('signed') })
    const { IdentityId } = await page.getId({ IdentityPoolId: classic })
    const { Token } = await page.getOpenIdToken({ IdentityId })
    const asked = { RoleSessionName: 'basic', WebIdentityToken: Token }

    const taken = await sts.assumeRoleWithWebIdentity({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/classic-guest`,
      ...asked,
    })
    const other = await refusalOf(
      sts.assumeRoleWithWebIdentity({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/classic-signed-in`, ...asked }),
    )
    const foreign = await refusalOf(
      sts.assumeRoleWithWebIdentity({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/people-guest`, ...asked }),
    )
    const wrong = await refusalOf(
      sts.assumeRoleWithWebIdentity({
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/classic-guest`,
        ...asked,
        WebIdentityToken: 'none',
      }),
    )
    sts.destroy()
    const { IdentityId: enhanced } = await page.getId({ IdentityPoolId: pool })
    const off = await refusalOf(page.getOpenIdToken({ IdentityId: enhanced }))

    expect(taken.SubjectFromWebIdentityToken).to.equal(IdentityId)
    expect(taken.Audience).to.equal(classic)
    expect(taken.Provider).to.equal(COGNITO)
    expect(other).to.deep.equal({
      name: 'AccessDenied',
      status: 403,
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    })
    expect(foreign.name).to.equal('AccessDenied')
    expect(wrong.name).to.equal('InvalidIdentityTokenException')
    expect(off.message).to.equal('Basic (classic) flow is not enabled, please use enhanced flow.')
  })

  it('links, looks up, merges and unlinks the users of a developer', async () => {
    const one = await tokenOf('one')
    const two = await tokenOf('two')
    await tokenOf('one-too', { IdentityId: one.IdentityId })
    const taken = await refusalOf(tokenOf('two', { IdentityId: one.IdentityId }))

    const byName = await admin.lookupDeveloperIdentity({ IdentityPoolId: pool, DeveloperUserIdentifier: 'one-too' })
    const paged = await admin.lookupDeveloperIdentity({
      IdentityPoolId: pool,
      IdentityId: one.IdentityId,
      MaxResults: 1,
    })
    const rest = await admin.lookupDeveloperIdentity({
      ...{ IdentityPoolId: pool, IdentityId: one.IdentityId, MaxResults: 1, NextToken: paged.NextToken },
    })
    const merged = await admin.mergeDeveloperIdentities({
      ...{ SourceUserIdentifier: 'one', DestinationUserIdentifier: 'two', IdentityPoolId: pool },
      DeveloperProviderName: 'login.example.com',
    })
    const after = await admin.lookupDeveloperIdentity({ IdentityPoolId: pool, IdentityId: two.IdentityId })
    await admin.unlinkDeveloperIdentity({
      ...{ IdentityId: two.IdentityId, IdentityPoolId: pool, DeveloperProviderName: 'login.example.com' },
      DeveloperUserIdentifier: 'one',
    })
    const described = await admin.describeIdentity({ IdentityId: two.IdentityId })

    expect(taken.name).to.equal('DeveloperUserAlreadyRegisteredException')
    expect(byName.IdentityId).to.equal(one.IdentityId)
    expect(byName.DeveloperUserIdentifierList).to.deep.equal(['one', 'one-too'])
    expect([paged.DeveloperUserIdentifierList, rest.DeveloperUserIdentifierList]).to.deep.equal([['one'], ['one-too']])
    expect(rest.NextToken).to.equal(undefined)
    expect(merged.IdentityId).to.equal(two.IdentityId)
    expect(after.DeveloperUserIdentifierList).to.deep.equal(['one', 'one-too', 'two'])
    expect((await refusalOf(admin.describeIdentity({ IdentityId: one.IdentityId }))).name).to.equal(
      'ResourceNotFoundException',
    )
    expect(described.Logins).to.deep.equal(['login.example.com'])
    expect((await tokenOf('one')).IdentityId).not.to.equal(two.IdentityId)
  })

  it('lists the identities of a pool, and deletes them', async () => {
    const listed = await createPool(cloud.config(), 'listed')
    const ids = []
    for (let n = 0; n < 3; n++) ids.push((await page.getId({ IdentityPoolId: listed })).IdentityId ?? '')

    const first = await admin.listIdentities({ IdentityPoolId: listed, MaxResults: 2 })
    const rest = await admin.listIdentities({ IdentityPoolId: listed, MaxResults: 2, NextToken: first.NextToken })
    await admin.deleteIdentities({ IdentityIdsToDelete: ids })
    const none = await admin.listIdentities({ IdentityPoolId: listed, MaxResults: 2 })

    expect([...(first.Identities ?? []), ...(rest.Identities ?? [])].map(({ IdentityId }) => IdentityId)).to.deep.equal(
      [...ids].sort(),
    )
    expect(rest.NextToken).to.equal(undefined)
    expect(none.Identities).to.deep.equal([])
  })

  it('says when a pool has no role for somebody', async () => {
    const { IdentityPoolId } = await admin.createIdentityPool({
      IdentityPoolName: 'roleless',
      AllowUnauthenticatedIdentities: true,
    })
    const { IdentityId } = await page.getId({ IdentityPoolId })

    expect(await refusalOf(page.getCredentialsForIdentity({ IdentityId }))).to.deep.equal({
      name: 'InvalidIdentityPoolConfigurationException',
      status: 400,
      message: 'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
    })
  })

  it('wants a signature for what is not for everybody, and IAM decides', async () => {
    const { IdentityId } = await page.getId({ IdentityPoolId: pool })
    const guest = new CognitoIdentity(await as(IdentityId))
    const refused = await refusalOf(
      guest.getOpenIdTokenForDeveloperIdentity({ IdentityPoolId: pool, Logins: { 'login.example.com': 'john' } }),
    )
    guest.destroy()
    const answer = await fetch(cloud.config().endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityService.DescribeIdentityPool',
      },
      body: JSON.stringify({ IdentityPoolId: pool }),
    })

    expect(refused.name).to.equal('AccessDeniedException')
    expect(refused.message).to.contain(
      `is not authorized to perform: cognito-identity:GetOpenIdTokenForDeveloperIdentity on resource: arn:aws:cognito-identity:us-east-1:${ACCOUNT}:identitypool/${pool}`,
    )
    expect(answer.status).to.be.oneOf([400, 403])
    expect(await answer.text()).to.contain('MissingAuthenticationToken')
  })
  it('lets tokens and credentials run out', async () => {
    const { IdentityId, Token } = await tokenOf('late', { TokenDuration: 60 })
    const config = await as(IdentityId, Token)
    cloud.clock.advance(61_000)
    const { name, message } = await refusalOf(
      page.getCredentialsForIdentity({ IdentityId, Logins: { [COGNITO]: Token ?? '' } }),
    )
    cloud.clock.advance(3600_000)
    const sts = new STS({ ...config, systemClockOffset: cloud.clock.now() - Date.now() })
    const expired = await refusalOf(sts.getCallerIdentity({}))
    sts.destroy()

    expect(name).to.equal('NotAuthorizedException')
    expect(message).to.match(/^Invalid login token\. Token expired: \d+ >= \d+$/)
    expect(expired.name).to.equal('ExpiredToken')
  })
})
