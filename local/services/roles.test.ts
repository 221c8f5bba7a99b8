import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { movableClock } from '../base/clock.ts'
import type { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import { randomIds } from '../base/ids.ts'
import { createOutbox } from '../base/outbox.ts'
import { openState } from '../base/state.ts'
import { localUser, type Sessions } from '../iam/sessions.ts'
import { background } from './background.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'
import { iam } from './iam/service.ts'
import { assumeRole } from './roles.ts'
import { sts } from './sts/service.ts'

const ACCOUNT = '123456789012'
const roleArn = `arn:aws:iam::${ACCOUNT}:role/worker`
const REGION = 'us-east-1'

describe('assumeRole, for services', () => {
  let folder: string
  let ground: Ground
  let dispatch: Dispatch

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'roles-'))
    const [state, clock] = [openState(folder), movableClock()]
    const outbox = createOutbox(state, clock, () => {})
    ground = { account: ACCOUNT, state, clock, ids: randomIds(), outbox, log: () => {}, cache: folder, url: () => '' }
    dispatch = createDispatch(ground, [iam, sts])
  })
  afterEach(() => {
    ground.state.close()
    rmSync(folder, { recursive: true })
  })

  const create = (statement: Record<string, unknown>) =>
    dispatch
      .cloud(background(ground, localUser(ACCOUNT), REGION))('iam')
      .CreateRole({
        RoleName: 'worker',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', ...statement },
        }),
        Tags: [{ Key: 'team', Value: 'red' }],
      })
  /** As a service calls it that acts by itself. */
  const take = (principal = 'lambda.amazonaws.com', sourceArn?: string) => {
    const cloud = dispatch.cloud(background(ground, { kind: 'anonymous', account: ACCOUNT }, REGION))
    return assumeRole(cloud, { roleArn, principal, account: ACCOUNT, sessionName: 'greetings', sourceArn })
  }
  const refusalOf = async (call: Promise<unknown>) => {
    try {
      await call
    } catch (error) {
      return (error as ServiceError).message
    }
    return expect.fail('should have been refused')
  }

  it('gives credentials and the caller that they stand for', async () => {
    await create({ Principal: { Service: 'lambda.amazonaws.com' } })

    const { credentials, caller } = await take()

    expect(caller.arn).to.equal(`arn:aws:sts::${ACCOUNT}:assumed-role/worker/greetings`)
    const known = dispatch.store<Sessions>('sts').find(credentials.accessKeyId)
    expect(known?.caller).to.deep.equal(caller)
    expect(known?.secretAccessKey).to.equal(credentials.secretAccessKey)
    expect(known?.expiration).to.equal(credentials.expiration)
    expect((credentials.expiration - ground.clock.now()) / 1000).to.be.within(3595, 3600)
  })

  it('is decided by the trust policy', async () => {
    await create({ Principal: { Service: 'lambda.amazonaws.com' } })

    expect(await refusalOf(take('s3.amazonaws.com'))).to.equal(
      `User: s3.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${roleArn} because no role trust policy allows the sts:AssumeRole action`,
    )
    expect(dispatch.decisions.at(-1)?.decision.nearest?.missed).to.equal(
      'principal {"Service":"lambda.amazonaws.com"} is not s3.amazonaws.com',
    )
  })

  it('tells the trust policy for which resource', async () => {
    const rule = `arn:aws:events:us-east-1:${ACCOUNT}:rule/r`
    const Condition = { ArnEquals: { 'aws:SourceArn': rule }, StringEquals: { 'aws:SourceAccount': ACCOUNT } }
    await create({ Principal: { Service: 'events.amazonaws.com' }, Condition })

    await take('events.amazonaws.com', rule)
    await refusalOf(take('events.amazonaws.com', `${rule}2`))
    await refusalOf(take('events.amazonaws.com'))
  })

  it('refuses a role that is not there', async () => {
    expect(await refusalOf(take())).to.contain('no role trust policy allows')
  })
})
