import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { type GetSessionTokenCommandInput, STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { mfaOf } from '../../../tests/mfa.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { actorsOf, LOCAL } from './fixture.ts'

const invalidCode = {
  name: 'AccessDenied',
  message: 'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
  status: 403,
}
const notAssociated = {
  name: 'AccessDenied',
  message:
    'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
  status: 403,
}

describe('sts: GetSessionToken', () => {
  const cloud = withCloud()
  const { create, enable, codes, session } = mfaOf(cloud)
  const { roleOf, assume, as } = actorsOf(cloud)
  let sts: STS
  let phone: Awaited<ReturnType<typeof create>>
  before(async () => {
    sts = new STS(cloud.config())
    phone = await create('phone')
    await enable(phone)
  })
  /** The code that comes after all that were used. */
  const next = () => {
    cloud.clock.advance(30_000)
    return codes(phone)[1]
  }
  const lasts = async (input: GetSessionTokenCommandInput) => {
    const { Credentials } = await sts.getSessionToken(input)
    return Math.round(((Credentials?.Expiration?.getTime() ?? 0) - cloud.clock.now()) / 1000)
  }

  it('gives credentials of the user, for twelve hours or as long as is asked', async () => {
    const client = new STS(await session())

    expect((await client.getCallerIdentity({})).Arn).to.equal(LOCAL)
    expect(await lasts({})).to.equal(43_200)
    expect(await lasts({ DurationSeconds: 900 })).to.equal(900)
    expect(await lasts({ DurationSeconds: 129_600 })).to.equal(129_600)
  })

  for (const [name, input, message] of [
    [
      'less than 15 minutes',
      { DurationSeconds: 899 },
      "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      'more than 36 hours',
      { DurationSeconds: 129_601 },
      "1 validation error detected: Value '129601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600",
    ],
    [
      'a code of five digits',
      { SerialNumber: 'GAHT12345678', TokenCode: '12345' },
      "1 validation error detected: Value '12345' at 'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6",
    ],
    [
      'a code of letters',
      { SerialNumber: 'GAHT12345678', TokenCode: 'abcdef' },
      "1 validation error detected: Value 'abcdef' at 'tokenCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\d]*",
    ],
  ] as const)
    it(`refuses ${name}`, async () => {
      expect(await refusalOf(sts.getSessionToken(input))).to.deep.equal({
        ...{ name: 'ValidationError', message, status: 400 },
      })
    })

  it('refuses sessions, of users and of roles', async () => {
    const refused = {
      ...{ name: 'AccessDenied', message: 'Cannot call GetSessionToken with session credentials', status: 403 },
    }
    const role = await assume(await roleOf('any', []))

    expect(await refusalOf(new STS(await session()).getSessionToken({}))).to.deep.equal(refused)
    expect(await refusalOf(new STS(as(role)).getSessionToken({}))).to.deep.equal(refused)
  })

  it('takes a code once, and no wrong one', async () => {
    const SerialNumber = phone.serial
    const TokenCode = next()
    const wrong = TokenCode === '000000' ? '000001' : '000000'

    expect(await refusalOf(sts.getSessionToken({ SerialNumber, TokenCode: wrong }))).to.deep.equal(invalidCode)
    await sts.getSessionToken({ SerialNumber, TokenCode })
    expect(await refusalOf(sts.getSessionToken({ SerialNumber, TokenCode }))).to.deep.equal(invalidCode)
  })

  it('of ten at once with one code, one gets a session', async () => {
    const [SerialNumber, TokenCode] = [phone.serial, next()]

    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, () => sts.getSessionToken({ SerialNumber, TokenCode })),
    )

    expect(answers.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
  })

  it('refuses a device that is not there, is not enabled, or half of what it takes', async () => {
    const spare = await create('spare')
    const none = 'arn:aws:iam::123456789012:mfa/none'

    for (const SerialNumber of [spare.serial, none])
      expect(await refusalOf(sts.getSessionToken({ SerialNumber, TokenCode: codes(spare)[1] }))).to.deep.equal(
        notAssociated,
      )
    for (const half of [{ SerialNumber: phone.serial }, { TokenCode: '123456' }])
      expect((await refusalOf(sts.getSessionToken(half))).message).to.equal(
        'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
      )
  })

  it('without a code its sessions may do what the user may, but nothing in IAM', async () => {
    const config = await session()

    await new S3(config).createBucket({ Bucket: 'by-a-session' })
    expect(await refusalOf(new IAM(config).getUser({}))).to.deep.equal({
      name: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid',
      status: 403,
    })
  })

  it('with a code they may, there too', async () => {
    const config = await session(phone)

    expect((await new IAM(config).getUser({})).User?.Arn).to.equal(LOCAL)
  })

  describe('aws:MultiFactorAuthPresent and aws:MultiFactorAuthAge', () => {
    const Condition = {
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      NumericLessThan: { 'aws:MultiFactorAuthAge': '300' },
    }
    const SerialNumber = 'arn:aws:iam::123456789012:mfa/phone'
    const denied = (role: string, by = LOCAL) => ({
      name: 'AccessDenied',
      message: `User: ${by} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/${role} because no role trust policy allows the sts:AssumeRole action`,
      status: 403,
    })
    before(async () => {
      await roleOf('guarded', [], {}, { Principal: { AWS: LOCAL }, Condition })
    })
    const guarded = 'arn:aws:iam::123456789012:role/guarded'

    it('AssumeRole brings them with a code of its own', async () => {
      const taken = await assume(guarded, { SerialNumber, TokenCode: next() })

      expect(taken.AssumedRoleUser?.Arn).to.match(/assumed-role\/guarded\/session$/)
    })

    it('AssumeRole without one is denied, and so is a wrong one', async () => {
      const wrong = await refusalOf(
        assume(guarded, { SerialNumber, TokenCode: next() === '000000' ? '000001' : '000000' }),
      )

      expect(await refusalOf(assume(guarded))).to.deep.equal(denied('guarded'))
      expect(wrong).to.deep.equal(invalidCode)
    })

    it('a session brings them for as long as the policy says', async () => {
      const client = new STS(await session(phone))
      const without = new STS(await session())

      await assume(guarded, {}, client)
      expect(await refusalOf(assume(guarded, {}, without))).to.deep.equal(denied('guarded'))
      // The clock goes on by itself, too.
      cloud.clock.advance(270_000)
      await assume(guarded, {}, client)
      cloud.clock.advance(30_000)
      expect(await refusalOf(assume(guarded, {}, client))).to.deep.equal(denied('guarded'))
    })

    it('a role’s session does not hand them on', async () => {
      const open = await roleOf('open', [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }])
      const taken = await assume(open, { SerialNumber, TokenCode: next() })

      const refusal = await refusalOf(assume(guarded, {}, new STS(as(taken))))

      expect(refusal.name).to.equal('AccessDenied')
    })

    it('a role’s session has no device', async () => {
      const open = await assume('arn:aws:iam::123456789012:role/open')

      const refusal = await refusalOf(assume(guarded, { SerialNumber, TokenCode: next() }, new STS(as(open))))

      expect(refusal).to.deep.equal(notAssociated)
    })
  })
})
