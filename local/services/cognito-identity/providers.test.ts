import type { webcrypto } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose'
import { movableClock } from '../../base/clock.ts'
import { ServiceError } from '../../base/errors.ts'
import type { Ground } from '../../base/ground.ts'
import { randomIds } from '../../base/ids.ts'
import { createOutbox } from '../../base/outbox.ts'
import { openState, type State } from '../../base/state.ts'
import { localUser } from '../../iam/sessions.ts'
import type { Caller } from '../../iam/types.ts'
import { background } from '../background.ts'
import { createDispatch } from '../dispatch.ts'
import { iam } from '../iam/service.ts'
import type { Cloud } from '../service.ts'
import { stsWith } from '../sts/service.ts'
import { ACCOUNT, trustOf } from './fixture.ts'
import { cognitoIdentity } from './service.ts'

const OPEN_ID = 'id.example.com/people'
const USER_POOL = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_abc'
const anonymous: Caller = { kind: 'anonymous', account: ACCOUNT }

/** Providers whose keys are made here instead of fetched; all else is the real service. */
describe('Cognito: OpenID Connect and user pool providers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cognito-'))
  const clock = movableClock()
  let state: State
  let cloud: (caller?: Caller) => Cloud
  let keys: JSONWebKeySet
  let privateKey: webcrypto.CryptoKey
  let asked: string[]
  let pool: string
  before(async () => {
    state = openState(folder)
    const pair = await generateKeyPair('RS256', { extractable: true })
    privateKey = pair.privateKey
    keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }] }
    const keysOf = async (issuer: string) => {
      asked.push(issuer)
      return keys
    }
    const ground: Ground = {
      ...{ account: ACCOUNT, state, clock, ids: randomIds(), log: () => {}, cache: folder },
      outbox: createOutbox(state, clock, () => {}),
      url: () => 'http://127.0.0.1:9',
    }
    const dispatch = createDispatch(ground, [cognitoIdentity(keysOf), stsWith(keysOf), iam])
    cloud = (caller = localUser(ACCOUNT)) => dispatch.cloud(background(ground, caller, 'us-east-1'))
    const { OpenIDConnectProviderArn: arn = '' } = await cloud()('iam').CreateOpenIDConnectProvider({
      Url: `https://${OPEN_ID}`,
      ClientIDList: ['app'],
    })
    const { IdentityPoolId = '' } = await cloud()('cognito-identity').CreateIdentityPool({
      IdentityPoolName: 'people',
      AllowUnauthenticatedIdentities: false,
      OpenIdConnectProviderARNs: [arn],
      CognitoIdentityProviders: [{ ProviderName: USER_POOL, ClientId: 'client' }],
      SupportedLoginProviders: { 'graph.facebook.com': '123' },
    })
    pool = IdentityPoolId
    for (const RoleName of ['member', 'editor', 'chosen'])
      await cloud()('iam').CreateRole({ RoleName, AssumeRolePolicyDocument: trustOf(pool, 'authenticated') })
  })
  beforeEach(async () => {
    asked = []
    await cloud()('cognito-identity').SetIdentityPoolRoles({
      IdentityPoolId: pool,
      Roles: { authenticated: roleArn('member') },
    })
  })
  after(() => {
    state.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`
  const token = (sub: string, { iss = `https://${OPEN_ID}`, aud = 'app', ...more }: Record<string, unknown> = {}) =>
    new SignJWT({ iss, aud, sub, ...more } as Record<string, string>)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuedAt(Math.floor(clock.now() / 1000))
      .setExpirationTime(Math.floor(clock.now() / 1000) + 300)
      .sign(privateKey)
  const page = () => cloud(anonymous)('cognito-identity')
  const idOf = async (Logins: Record<string, string>) =>
    (await page().GetId({ IdentityPoolId: pool, Logins })).IdentityId ?? ''
  const sessionOf = async (Logins: Record<string, string>, CustomRoleArn?: string) => {
    const IdentityId = await idOf(Logins)
    const { Credentials } = await page().GetCredentialsForIdentity({ IdentityId, Logins, CustomRoleArn })
    return Credentials?.AccessKeyId ?? ''
  }
  const roleOf = async (...of: Parameters<typeof sessionOf>) => {
    const key = await sessionOf(...of)
    const row = state.prepare('select caller from sessions where id = ?').get(key) as { caller: string }
    return JSON.parse(row.caller).roleArn
  }
  const refused = async (run: Promise<unknown>) => {
    try {
      await run
    } catch (error) {
      if (error instanceof ServiceError) return `${error.code}: ${error.message}`
      throw error
    }
    return expect.fail('should have been refused')
  }

  it('gives one person the same identity each time, asking the issuer for its keys', async () => {
    const first = await idOf({ [OPEN_ID]: await token('john') })
    const again = await idOf({ [OPEN_ID]: await token('john') })
    const other = await idOf({ [OPEN_ID]: await token('jane') })

    expect(again).to.equal(first)
    expect(other).not.to.equal(first)
    expect(new Set(asked)).to.deep.equal(new Set([`https://${OPEN_ID}`]))
  })

  it('gives credentials of the authenticated role', async () => {
    expect(await roleOf({ [OPEN_ID]: await token('member') })).to.equal(roleArn('member'))
  })

  it('joins logins of one person', async () => {
    const open = { [OPEN_ID]: await token('both') }
    const userPool = { [USER_POOL]: await token('both-too', { iss: `https://${USER_POOL}`, aud: 'client' }) }

    const id = await idOf(open)
    const joined = await idOf({ ...open, ...userPool })
    const alone = await idOf(userPool)

    expect([joined, alone]).to.deep.equal([id, id])
  })

  it('chooses a role by rules, or by what the token says', async () => {
    const mapping = (more: object) =>
      cloud()('cognito-identity').SetIdentityPoolRoles({
        IdentityPoolId: pool,
        Roles: { authenticated: roleArn('member') },
        RoleMappings: {
          [OPEN_ID]: {
            Type: 'Rules',
            AmbiguousRoleResolution: 'Deny',
            RulesConfiguration: {
              Rules: [{ Claim: 'department', MatchType: 'StartsWith', Value: 'edit', RoleARN: roleArn('editor') }],
            },
          },
          [`${USER_POOL}:client`]: { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole', ...more },
        },
      })
    await mapping({})
    const userPool = async (claims = {}) => ({
      [USER_POOL]: await token('roles', { iss: `https://${USER_POOL}`, aud: 'client', ...claims }),
    })

    expect(await roleOf({ [OPEN_ID]: await token('rules', { department: 'editorial' }) })).to.equal(roleArn('editor'))
    expect(await refused(roleOf({ [OPEN_ID]: await token('rules', { department: 'sales' }) }))).to.contain(
      'NotAuthorizedException',
    )
    expect(await roleOf(await userPool({ 'cognito:preferred_role': roleArn('chosen') }))).to.equal(roleArn('chosen'))
    expect(await roleOf(await userPool())).to.equal(roleArn('member'))
    const both = await userPool({ 'cognito:roles': [roleArn('chosen'), roleArn('editor')] })
    expect(await roleOf(both, roleArn('editor'))).to.equal(roleArn('editor'))
    expect(await refused(roleOf(both, roleArn('member')))).to.contain('NotAuthorizedException')
  })

  it('refuses tokens of others, and for others', async () => {
    const strange = await generateKeyPair('RS256')
    const forged = await new SignJWT({ iss: `https://${OPEN_ID}`, aud: 'app', sub: 'john' })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setExpirationTime(Math.floor(clock.now() / 1000) + 300)
      .sign(strange.privateKey)

    expect(await refused(idOf({ [OPEN_ID]: forged }))).to.contain("Couldn't verify signed token.")
    expect(await refused(idOf({ [OPEN_ID]: await token('john', { aud: 'other' }) }))).to.contain(
      'Incorrect token audience.',
    )
    expect(await refused(idOf({ [OPEN_ID]: await token('john', { iss: 'https://evil.example.com' }) }))).to.contain(
      "Issuer doesn't match providerName",
    )
    expect(await refused(idOf({ 'evil.example.com': await token('john') }))).to.equal(
      'NotAuthorizedException: Token is not from a supported provider of this identity pool.',
    )
    expect(await refused(idOf({ 'graph.facebook.com': 'opaque' }))).to.contain('ExternalServiceException')
    expect(asked).not.to.include('https://evil.example.com')
  })

  it("keeps one person's identity from another", async () => {
    const john = await idOf({ [OPEN_ID]: await token('owner') })
    const Logins = { [OPEN_ID]: await token('thief') }

    expect(await refused(page().GetCredentialsForIdentity({ IdentityId: john, Logins }))).to.contain(
      "NotAuthorizedException: Logins don't match.",
    )
    expect(await refused(page().GetCredentialsForIdentity({ IdentityId: john }))).to.contain('is forbidden')
  })

  it('lets a provider prove itself to STS directly, where a role trusts it', async () => {
    const Statement = {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${OPEN_ID}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${OPEN_ID}:aud`]: 'app', [`${OPEN_ID}:sub`]: 'robot' } },
    }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await cloud()('iam').CreateRole({ RoleName: 'robot', AssumeRolePolicyDocument })
    const take = (WebIdentityToken: string) =>
      cloud(anonymous)('sts').AssumeRoleWithWebIdentity({
        ...{ RoleArn: roleArn('robot'), RoleSessionName: 'session', WebIdentityToken },
      })

    const taken = await take(await token('robot'))

    expect(taken.AssumedRoleUser?.Arn).to.equal(`arn:aws:sts::${ACCOUNT}:assumed-role/robot/session`)
    expect(await refused(take(await token('human')))).to.equal(
      'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    )
    expect(await refused(take(await token('robot', { aud: 'other' })))).to.contain('InvalidIdentityToken')
    expect(await refused(take(await token('robot', { iss: 'https://evil.example.com' })))).to.equal(
      'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://evil.example.com',
    )
  })
})
