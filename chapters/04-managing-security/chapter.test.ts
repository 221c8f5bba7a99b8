import { readFileSync } from 'node:fs'
import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../tests/cloud.ts'
import { ACCOUNT, conditionsOf, OBJECT, refused } from '../../tests/conditions.ts'
import { mfaOf } from '../../tests/mfa.ts'
import { refusalOf } from '../../tests/refusal.ts'

/** The text of a policy of this chapter. */
const policy = (name: string): string => readFileSync(new URL(`policies/${name}.json`, import.meta.url), 'utf8')

describe('The conditions of chapter 4, asked through the door', () => {
  const cloud = withCloud()
  const { admin, session, bucket, why, anybody, visitor } = conditionsOf(cloud)
  before(() => bucket('bucket', 'key'))

  describe('aws:SourceIp', () => {
    it('is the address that the request came from: outside of both networks it is denied', async () => {
      const s3 = await session('inside', policy('source-ip'))

      expect(await refusalOf(s3.getObject(OBJECT))).to.deep.equal(refused('inside'))
      expect(why()).to.equal(
        'condition IpAddress aws:SourceIp ["10.1.2.0/24","10.2.3.0/24"] does not hold: it is "127.0.0.1" here',
      )
    })

    it('allows the network of the caller', async () => {
      const s3 = await session('here', policy('source-ip').replace('10.1.2.0/24', '127.0.0.0/8'))

      expect((await s3.getObject(OBJECT)).ContentLength).to.equal(4)
    })

    it('NotIpAddress allows every other network, and denies that one', async () => {
      const outside = await session('outside', policy('source-ip-outside'))
      const within = await session('within', policy('source-ip-outside').replace('192.168.0.0/16', '127.0.0.0/8'))

      expect((await outside.getObject(OBJECT)).ContentLength).to.equal(4)
      expect(await refusalOf(within.getObject(OBJECT))).to.deep.equal(refused('within'))
      expect(why()).to.equal('condition NotIpAddress aws:SourceIp "127.0.0.0/8" does not hold: it is "127.0.0.1" here')
    })
  })

  describe('aws:SecureTransport', () => {
    before(async () => {
      await bucket('your-bucket', 'a', policy('secure-transport'))
      await admin().putBucketWebsite({
        Bucket: 'your-bucket',
        WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } },
      })
    })

    it('lets everybody read by the API', async () => {
      expect(await anybody('/your-bucket/a')).to.include({ status: 200, body: 'text' })
    })

    it('denies the same object at the website, which has no HTTPS', async () => {
      expect(await visitor('your-bucket', '/a')).to.include({ status: 403 })
      expect(why()).to.equal('condition Bool aws:SecureTransport "true" does not hold: it is "false" here')
    })

    it('as a Deny it wins over what allows everybody to read', async () => {
      const [allow, deny] = ['referer', 'secure-transport-deny'].map((name) => JSON.parse(policy(name)).Statement)
      const { Condition: _, ...everybody } = allow
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [everybody, deny] })
      await admin().putBucketPolicy({ Bucket: 'your-bucket', Policy })

      expect(await anybody('/your-bucket/a')).to.include({ status: 200 })
      expect(await visitor('your-bucket', '/a')).to.include({ status: 403 })
      expect(why()).to.equal('with an explicit deny in a resource-based policy')
    })
  })

  describe('aws:MultiFactorAuthPresent', () => {
    /** The Deny of a policy as the policy of a bucket. */
    const denying = (name: string, bucket: string) => {
      const [, deny] = JSON.parse(policy(name)).Statement
      const Statement = { ...deny, Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` }
      return JSON.stringify({ Version: '2012-10-17', Statement })
    }

    it('is false for a session that was begun without a code', async () => {
      const s3 = await session('mfa', policy('mfa'))

      expect(await refusalOf(s3.getObject(OBJECT))).to.deep.equal(refused('mfa'))
      expect(why()).to.equal('condition Bool aws:MultiFactorAuthPresent "true" does not hold: it is "false" here')
    })

    it('so a Deny with Bool stops it', async () => {
      const s3 = await session('mfa-deny', policy('mfa-deny-bool'))

      expect(await refusalOf(s3.getObject(OBJECT))).to.deep.equal(
        refused('mfa-deny', 'bucket/key', 'with an explicit deny in an identity-based policy'),
      )
    })

    describe('with a code', () => {
      const { create, enable, codes, session: userSession } = mfaOf(cloud)
      const LOCAL = `arn:aws:iam::${ACCOUNT}:user/local`
      let phone: Awaited<ReturnType<typeof create>>
      before(async () => {
        phone = await create('phone')
        await enable(phone)
      })
      /** S3 as a session of the user, begun with the next code of the phone or without one. */
      const s3By = async (app?: typeof phone) => new S3({ ...(await userSession(app)), forcePathStyle: true })

      it('is true for a session of the user that began with one: no Deny stops it', async () => {
        await bucket('with-a-code', 'key', denying('mfa-deny-bool-if-exists', 'with-a-code'))
        const object = { Bucket: 'with-a-code', Key: 'key' }

        expect((await (await s3By(phone)).getObject(object)).ContentLength).to.equal(4)
        expect(await refusalOf((await s3By()).getObject(object))).to.deep.equal({
          name: 'AccessDenied',
          message: `User: ${LOCAL} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::with-a-code/key" with an explicit deny in a resource-based policy`,
          status: 403,
        })
      })

      it('a role that trusts who has one lets nobody else take it on', async () => {
        const [allow] = JSON.parse(policy('mfa')).Statement
        const { Resource: _, ...statement } = { ...allow, Principal: { AWS: LOCAL }, Action: 'sts:AssumeRole' }
        const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
        await new IAM(cloud.config()).createRole({ RoleName: 'careful', AssumeRolePolicyDocument })
        const take = (more = {}) =>
          new STS(cloud.config()).assumeRole({
            ...{ RoleArn: `arn:aws:iam::${ACCOUNT}:role/careful`, RoleSessionName: 'one', ...more },
          })
        cloud.clock.advance(30_000)

        const { AssumedRoleUser } = await take({ SerialNumber: phone.serial, TokenCode: codes(phone)[1] })

        expect(AssumedRoleUser?.Arn).to.equal(`arn:aws:sts::${ACCOUNT}:assumed-role/careful/one`)
        expect((await refusalOf(take())).name).to.equal('AccessDenied')
        expect(why()).to.equal(
          'condition Bool aws:MultiFactorAuthPresent "true" does not hold: it is not in the request',
        )
      })
    })

    it('is absent for long-term keys: a Deny with Bool lets them through, one with BoolIfExists does not', async () => {
      const object = { Bucket: 'long-term', Key: 'key' }
      await bucket('long-term', 'key', denying('mfa-deny-bool', 'long-term'))

      expect((await admin().getObject(object)).ContentLength).to.equal(4)
      await admin().putBucketPolicy({ Bucket: 'long-term', Policy: denying('mfa-deny-bool-if-exists', 'long-term') })
      expect(await refusalOf(admin().getObject(object))).to.deep.equal({
        name: 'AccessDenied',
        message: `User: arn:aws:iam::${ACCOUNT}:user/local is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::long-term/key" with an explicit deny in a resource-based policy`,
        status: 403,
      })
    })
  })

  describe('aws:Referer', () => {
    const expected = '["http://www.your-website.com/*","http://your-website.com/*"]'
    before(() => bucket('linked', 'a', policy('referer').replace('your-bucket', 'linked')))

    for (const referer of ['http://www.your-website.com/gallery', 'http://your-website.com/'])
      it(`allows who comes from ${referer}, or says so`, async () => {
        expect(await anybody('/linked/a', { referer })).to.include({ status: 200, body: 'text' })
      })

    for (const [name, headers, found] of [
      ['who comes from elsewhere', { referer: 'http://their-website.com/' }, '"http://their-website.com/" here'],
      [
        'who hides another name in it',
        { referer: 'http://x/?http://your-website.com/' },
        '"http://x/?http://your-website.com/" here',
      ],
      ['who typed the address', {}, 'not in the request'],
    ] as const)
      it(`denies ${name}`, async () => {
        const { status, code, message } = await anybody('/linked/a', headers)

        expect({ status, code, message }).to.deep.equal({ status: 403, code: 'AccessDenied', message: 'Access Denied' })
        expect(why()).to.equal(`condition StringLike aws:Referer ${expected} does not hold: it is ${found}`)
      })
  })

  describe('a variable', () => {
    const object = { Bucket: 'folders', Key: 'carlos/a' }
    const tagged = (name: string) =>
      policy(name).replace('::b/', '::folders/').replace('aws:username', 'aws:PrincipalTag/username')
    before(() => bucket('folders', 'carlos/a'))

    it('stands for what the session says in version 2012-10-17', async () => {
      const s3 = await session('variable', tagged('variable'), { username: 'carlos' })
      const other = await session('variable-other', tagged('variable'), { username: 'maria' })

      expect((await s3.getObject(object)).ContentLength).to.equal(4)
      expect(await refusalOf(other.getObject(object))).to.deep.equal(refused('variable-other', 'folders/carlos/a'))
    })

    it('is plain text in version 2008-10-17', async () => {
      const s3 = await session('variable-old', tagged('variable-old-version'), { username: 'carlos' })

      expect(await refusalOf(s3.getObject(object))).to.deep.equal(refused('variable-old', 'folders/carlos/a'))
      expect(why()).to.equal(
        `resource arn:aws:s3:::folders/\${aws:PrincipalTag/username}/* does not match arn:aws:s3:::folders/carlos/a`,
      )
    })

    it('aws:username is the name of a user', async () => {
      const Statement = {
        ...{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject' },
        NotResource: `arn:aws:s3:::named/\${aws:username}/*`,
      }
      await bucket('named', 'local/a', JSON.stringify({ Version: '2012-10-17', Statement }))
      await admin().putObject({ Bucket: 'named', Key: 'carlos/a', Body: 'text' })

      expect((await admin().getObject({ Bucket: 'named', Key: 'local/a' })).ContentLength).to.equal(4)
      expect((await refusalOf(admin().getObject({ Bucket: 'named', Key: 'carlos/a' }))).message).to.match(
        /with an explicit deny in a resource-based policy$/,
      )
    })
  })
})
