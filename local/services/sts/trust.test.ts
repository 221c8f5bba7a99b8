// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how policy variables look
import { IAM } from '@aws-sdk/client-iam'
import { type AssumeRoleCommandInput, STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { ALL, actorsOf, arnOf, document, LOCAL } from './fixture.ts'

describe('sts: trust, tags and source identity', () => {
  const cloud = withCloud()
  const { roleOf, assume, as } = actorsOf(cloud)
  let iam: IAM
  before(() => {
    iam = new IAM(cloud.config())
  })

  describe('trust policies', () => {
    const refused = (role: string) => ({
      name: 'AccessDenied',
      message: `User: ${LOCAL} is not authorized to perform: sts:AssumeRole on resource: ${role} because no role trust policy allows the sts:AssumeRole action`,
      status: 403,
    })

    it('keep everybody out whom they do not name, the administrator too', async () => {
      const role = await roleOf('forLambda', [], {}, { Principal: { Service: 'lambda.amazonaws.com' } })

      expect(await refusalOf(assume(role))).to.deep.equal(refused(role))
    })

    it('of a role that is not there say the same', async () => {
      expect(await refusalOf(assume(arnOf('nobody')))).to.deep.equal(refused(arnOf('nobody')))
    })

    it('ask for an external id', async () => {
      const role = await roleOf('partner', [], {}, { Condition: { StringEquals: { 'sts:ExternalId': 'abc-123' } } })

      await assume(role, { ExternalId: 'abc-123' })
      expect(await refusalOf(assume(role))).to.deep.equal(refused(role))
      expect(await refusalOf(assume(role, { ExternalId: 'abc-124' }))).to.deep.equal(refused(role))
    })

    it('ask for a session name', async () => {
      const role = await roleOf('named', [], {}, { Condition: { StringLike: { 'sts:RoleSessionName': 'app-*' } } })

      await assume(role, { RoleSessionName: 'app-1' })
      expect(await refusalOf(assume(role, { RoleSessionName: 'other' }))).to.deep.equal(refused(role))
    })

    it('deny explicitly', async () => {
      const role = await roleOf('closed', [], {}, { Effect: 'Deny', Principal: { AWS: '*' } })

      expect((await refusalOf(assume(role))).message).to.equal(
        `User: ${LOCAL} is not authorized to perform: sts:AssumeRole on resource: ${role} with an explicit deny in the role trust policy`,
      )
    })

    it('are in force as soon as they are changed', async () => {
      const role = await roleOf('changing', [], {}, { Principal: { Service: 'lambda.amazonaws.com' } })
      await refusalOf(assume(role))

      await iam.updateAssumeRolePolicy({
        RoleName: 'changing',
        PolicyDocument: document({ Effect: 'Allow', Principal: { AWS: LOCAL }, Action: 'sts:AssumeRole' }),
      })

      await assume(role)
    })
  })

  describe('tags of a session', () => {
    const tagged = { Tags: [{ Key: 'Team', Value: 'red' }] }
    const both = { Action: ['sts:AssumeRole', 'sts:TagSession'] }

    it('must be allowed by the trust policy', async () => {
      const role = await roleOf('untagged', [])

      expect((await refusalOf(assume(role, tagged))).message).to.contain(
        'because no role trust policy allows the sts:TagSession action',
      )
    })

    it('can be asked for', async () => {
      const role = await roleOf(
        'onlyRed',
        [],
        {},
        { ...both, Condition: { StringEquals: { 'aws:RequestTag/team': 'red' } } },
      )

      await assume(role, tagged)
      await refusalOf(assume(role, { Tags: [{ Key: 'Team', Value: 'blue' }] }))
      await refusalOf(assume(role))
    })

    it('are variables of policies', async () => {
      const Resource = arnOf('${aws:PrincipalTag/Team}')
      const role = await roleOf('tagged', [{ Effect: 'Allow', Action: 'iam:GetRole', Resource }], {}, both)
      await roleOf('red', [])
      const client = new IAM(as(await assume(role, tagged)))

      await client.getRole({ RoleName: 'red' })
      await refusalOf(client.getRole({ RoleName: 'tagged' }))
    })

    it('win over those of the role, which count at once', async () => {
      const ask = { StringEquals: { 'aws:PrincipalTag/Team': 'blue' } }
      const role = await roleOf('blue', [{ ...ALL, Action: 'iam:ListRoles', Condition: ask }], {}, both)
      const [plain, red] = [new IAM(as(await assume(role))), new IAM(as(await assume(role, tagged)))]
      await refusalOf(plain.listRoles({}))

      await iam.tagRole({ RoleName: 'blue', Tags: [{ Key: 'Team', Value: 'blue' }] })

      await plain.listRoles({})
      await refusalOf(red.listRoles({}))
    })

    it('are handed on to the next session, when transitive', async () => {
      const first = await roleOf('first', [ALL], {}, both)
      const second = await roleOf(
        'second',
        [],
        {},
        { ...both, Condition: { StringEquals: { 'aws:RequestTag/Team': 'red' } } },
      )
      const handed = new STS(as(await assume(first, { ...tagged, TransitiveTagKeys: ['Team'] })))
      const kept = new STS(as(await assume(first, tagged)))

      await assume(second, {}, handed)
      await refusalOf(assume(second, {}, kept))
      expect((await refusalOf(assume(second, tagged, handed))).name).to.equal('InvalidParameterValue')
    })

    for (const [name, input] of [
      [
        'a key twice',
        {
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'A', Value: '2' },
          ],
        },
      ],
      ['a key of AWS', { Tags: [{ Key: 'aws:x', Value: '1' }] }],
      ['a transitive key that is none of them', { Tags: [{ Key: 'a', Value: '1' }], TransitiveTagKeys: ['b'] }],
    ] as [string, Partial<AssumeRoleCommandInput>][])
      it(`refuse ${name}`, async () => {
        expect((await refusalOf(assume(arnOf('tagged'), input))).name).to.equal('InvalidParameterValue')
      })
  })

  describe('source identity', () => {
    it('must be allowed, stays with the session, and cannot be changed', async () => {
      const trust = { Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] }
      const role = await roleOf('sourced', [ALL], {}, trust)
      const next = await roleOf(
        'sourcedNext',
        [],
        {},
        { ...trust, Condition: { StringEquals: { 'aws:SourceIdentity': 'ann' } } },
      )

      const taken = await assume(role, { SourceIdentity: 'ann' })
      const client = new STS(as(taken))

      expect(taken.SourceIdentity).to.equal('ann')
      expect((await assume(next, {}, client)).SourceIdentity).to.equal('ann')
      expect((await refusalOf(assume(next, { SourceIdentity: 'bob' }, client))).name).to.equal('AccessDenied')
      expect((await refusalOf(assume(await roleOf('plain', []), { SourceIdentity: 'ann' }))).message).to.contain(
        'sts:SetSourceIdentity',
      )
    })
  })

  it('a role’s session that takes on another role gets an hour at most', async () => {
    const first = await roleOf('chain1', [ALL], { MaxSessionDuration: 43_200 })
    const second = await roleOf('chain2', [], { MaxSessionDuration: 43_200 })
    const client = new STS(as(await assume(first)))

    await assume(second, { DurationSeconds: 3600 }, client)
    expect((await refusalOf(assume(second, { DurationSeconds: 3601 }, client))).message).to.equal(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  })
})
