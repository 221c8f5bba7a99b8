import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, actorsOf, arnOf, document, LOCAL } from './fixture.ts'

describe('sts', () => {
  const cloud = withCloud()
  const { roleOf, assume, as } = actorsOf(cloud)
  let sts: STS
  before(() => {
    sts = new STS(cloud.config())
  })

  it('GetCallerIdentity names the user, and needs no permission', async () => {
    const { UserId, Account, Arn } = await sts.getCallerIdentity({})

    expect({ UserId, Account, Arn }).to.deep.equal({ UserId: 'AIDAEXAMPLELOCALADMIN', Account: ACCOUNT, Arn: LOCAL })
  })

  it('GetCallerIdentity names the session of a role that may do nothing', async () => {
    const taken = await assume(await roleOf('idle', []))

    const { UserId, Account, Arn } = await new STS(as(taken)).getCallerIdentity({})

    expect(Arn).to.equal(`arn:aws:sts::${ACCOUNT}:assumed-role/idle/session`)
    expect(Account).to.equal(ACCOUNT)
    expect(UserId).to.match(/^AROA[A-Z2-7]{17}:session$/)
    expect(UserId).to.equal(taken.AssumedRoleUser?.AssumedRoleId)
  })

  it('an operation that is not there says so in the service’s own form', async () => {
    const { name, status } = await refusalOf(sts.getFederationToken({ Name: 'jane' }))

    expect([name, status]).to.deep.equal(['NotImplemented', 501])
  })
})

describe('credentials of a session', () => {
  const cloud = withCloud()

  it('expire', async () => {
    const [iam, sts] = [new IAM(cloud.config()), new STS(cloud.config())]
    const AssumeRolePolicyDocument = document({ Effect: 'Allow', Principal: { AWS: LOCAL }, Action: 'sts:AssumeRole' })
    await iam.createRole({ RoleName: 'short', AssumeRolePolicyDocument })
    const taken = await sts.assumeRole({ RoleArn: arnOf('short'), RoleSessionName: 'ab', DurationSeconds: 900 })
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = taken.Credentials ?? {}
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken ?? '' }
    const client = (systemClockOffset: number) => new STS({ ...cloud.config(credentials), systemClockOffset })
    await client(0).getCallerIdentity({})

    cloud.clock.advance(899_000)
    await client(899_000).getCallerIdentity({})
    cloud.clock.advance(1_000)

    const { name, status } = await refusalOf(client(900_000).getCallerIdentity({}))
    expect([name, status]).to.deep.equal(['ExpiredToken', 403])
  })
})
