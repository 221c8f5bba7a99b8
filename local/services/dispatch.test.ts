import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { movableClock } from '../base/clock.ts'
import type { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import { randomIds } from '../base/ids.ts'
import type { LogLine } from '../base/log.ts'
import { createOutbox } from '../base/outbox.ts'
import { openState } from '../base/state.ts'
import { localUser } from '../iam/sessions.ts'
import type { Access, Caller, PolicySource, Statement } from '../iam/types.ts'
import type { Protocol } from '../wire/types.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'
import type { Context, Service } from './service.ts'

const ACCOUNT = '123456789012'
const LOCAL = localUser(ACCOUNT)
const role: Caller = {
  kind: 'role',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/R/S`,
  account: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/R`,
  userId: 'AROAEXAMPLEEXAMPLEEXA:S',
  sessionPolicies: [],
  keys: { 'aws:PrincipalTag/from': 'session' },
}

/** The services and their codes: protocol, code and status of what IAM refuses. */
const SERVICES: Record<string, { protocol: Protocol; denied: string; status: number }> = {
  s3: { protocol: 'restXml', denied: 'AccessDenied', status: 403 },
  dynamodb: { protocol: 'json1.0', denied: 'AccessDeniedException', status: 400 },
  lambda: { protocol: 'restJson', denied: 'AccessDeniedException', status: 403 },
  logs: { protocol: 'json1.1', denied: 'AccessDeniedException', status: 400 },
  sts: { protocol: 'query', denied: 'AccessDenied', status: 403 },
  iam: { protocol: 'query', denied: 'AccessDenied', status: 403 },
}

describe('dispatch', () => {
  let folder: string
  let ground: Ground
  let dispatch: Dispatch
  let log: LogLine[]
  let accesses: Access[]
  let ran: string[]
  /** What the role may do, and what hangs on resources, by the first part of their ARN. */
  let identity: Statement[]
  let resource: Record<string, PolicySource>

  const fake = (name: string): Service => ({
    ...{ name, protocol: SERVICES[name]?.protocol ?? 'query', denied: SERVICES[name]?.denied ?? '' },
    sdk: async () => ({}),
    store: () => undefined,
    resourcePolicy: (arn) => resource[arn],
    ...(name === 'iam' && {
      identityPolicies: () => [
        {
          name: "R's inline policy p",
          kind: 'identity' as const,
          policy: { Version: '2012-10-17', Statement: identity },
        },
      ],
      principalKeys: () => ({ 'aws:PrincipalTag/from': 'role', 'aws:PrincipalTag/only': 'role' }),
    }),
    operations: {
      Do: { action: () => accesses, run: () => void ran.push(name) },
      Free: { action: 'anyone', run: () => void ran.push(`${name} freely`) },
    },
  })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dispatch-'))
    const [state, clock] = [openState(folder), movableClock()]
    log = []
    ran = []
    accesses = []
    identity = []
    resource = {}
    ground = {
      ...{ account: ACCOUNT, state, clock, ids: randomIds(), cache: folder, url: () => '' },
      outbox: createOutbox(state, clock, () => {}),
      log: (line) => void log.push(line),
    }
    dispatch = createDispatch(ground, Object.keys(SERVICES).map(fake))
  })
  afterEach(() => {
    ground.state.close()
    rmSync(folder, { recursive: true })
  })

  const contextOf = (caller: Caller, facts: Partial<Context['facts']> = {}): Context => ({
    caller,
    account: ACCOUNT,
    region: 'us-east-1',
    facts: { requestId: 'request-1', sourceIp: '10.1.2.3', secure: false, origin: 'http://x', headers: {}, ...facts },
  })
  const call = async (service: string, caller: Caller, facts: Partial<Context['facts']> = {}) => {
    try {
      await dispatch.run(service, 'Do', {}, contextOf(caller, facts))
    } catch (error) {
      const { code, message, status } = error as ServiceError
      return { code, message, status }
    }
    return 'allowed'
  }
  const because = (action: string) => `because no identity-based policy allows the ${action} action`

  for (const [name, action, arn, said] of [
    ['s3', 's3:PutObject', 'arn:aws:s3:::b/k', '"arn:aws:s3:::b/k"'],
    ['dynamodb', 'dynamodb:PutItem', `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/T`, undefined],
    ['lambda', 'lambda:InvokeFunction', `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`, undefined],
    ['lambda', 'lambda:ListFunctions', '*', undefined],
    ['logs', 'logs:PutLogEvents', `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:g:log-stream:s`, undefined],
    ['iam', 'iam:CreateRole', `arn:aws:iam::${ACCOUNT}:role/x`, undefined],
  ] as const)
    it(`${action} is refused as ${name} does`, async () => {
      accesses = [[action, arn]]

      expect(await call(name, role)).to.deep.equal({
        code: SERVICES[name]?.denied,
        message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/R/S is not authorized to perform: ${action} on resource: ${said ?? arn} ${because(action)}`,
        status: SERVICES[name]?.status,
      })
      expect(ran).to.deep.equal([])
    })

  it('S3 names no resource where the action has none', async () => {
    accesses = [['s3:ListAllMyBuckets', 'arn:aws:s3:::*']]

    expect(await call('s3', role)).to.have.property(
      'message',
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/R/S is not authorized to perform: s3:ListAllMyBuckets ${because('s3:ListAllMyBuckets')}`,
    )
  })

  it('an explicit deny says so instead', async () => {
    accesses = [['s3:PutObject', 'arn:aws:s3:::b/k']]
    identity = [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }]

    expect(await call('s3', role)).to.have.property(
      'message',
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/R/S is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/k" with an explicit deny in an identity-based policy`,
    )
  })

  it('a stranger learns nothing', async () => {
    accesses = [['s3:GetObject', 'arn:aws:s3:::b/k']]

    expect(await call('s3', { kind: 'anonymous', account: ACCOUNT })).to.deep.equal({
      code: 'AccessDenied',
      message: 'Access Denied',
      status: 403,
    })
    accesses = [['sts:AssumeRoleWithWebIdentity', `arn:aws:iam::${ACCOUNT}:role/x`]]
    expect(await call('sts', { kind: 'anonymous', account: ACCOUNT })).to.deep.equal({
      code: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      status: 403,
    })
  })

  it('all that an operation asks must be allowed', async () => {
    identity = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' }]
    accesses = [
      ['s3:GetObject', 'arn:aws:s3:::a/k'],
      ['s3:PutObject', 'arn:aws:s3:::b/k'],
    ]

    expect(await call('s3', role)).to.have.property('code', 'AccessDenied')
    identity.push({ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/*' })
    dispatch = createDispatch(ground, Object.keys(SERVICES).map(fake))
    identity = [...identity]
    expect(await call('s3', role)).to.equal('allowed')
    expect(ran).to.deep.equal(['s3'])
  })

  it('records every decision, with its reason', async () => {
    accesses = [['s3:PutObject', 'arn:aws:s3:::b/images/x']]
    identity = [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/thumbs/*' }]
    await call('s3', role)
    await call('s3', LOCAL)

    const [first, second] = dispatch.decisions
    const reason =
      "denied: no identity-based policy allows the s3:PutObject action on arn:aws:s3:::b/images/x; nearest: R's inline policy p, statement 1: resource arn:aws:s3:::b/thumbs/* does not match arn:aws:s3:::b/images/x"
    expect(first).to.include({ caller: role.arn, service: 's3', operation: 'Do', requestId: 'request-1' })
    expect(first?.decision.reason).to.equal(reason)
    expect(second).to.include({ caller: LOCAL.arn })
    expect(second?.decision.reason).to.equal('allowed: AdministratorAccess, statement 1')
    expect(log).to.deep.equal([{ level: 'warn', from: 'iam', text: `${reason} (asked by ${role.arn})` }])
  })

  it('keeps the last decisions only', async () => {
    accesses = [['s3:GetObject', 'arn:aws:s3:::b/k']]
    for (let i = 0; i < 2100; i++) await call('s3', LOCAL, { requestId: `r${i}` })

    expect(dispatch.decisions).to.have.length(2000)
    expect(dispatch.decisions.at(-1)?.requestId).to.equal('r2099')
  })

  describe('the administrator', () => {
    const deny = (Condition?: Statement['Condition']): PolicySource => ({
      name: 'bucket policy of b',
      kind: 'resource',
      policy: { Statement: { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition } },
    })
    beforeEach(() => {
      accesses = [['s3:GetObject', 'arn:aws:s3:::b/k']]
    })

    it('may everything', async () => {
      expect(await call('s3', LOCAL)).to.equal('allowed')
    })

    it('but what the policy of a resource denies', async () => {
      resource['arn:aws:s3:::b/k'] = deny()

      expect(await call('s3', LOCAL)).to.deep.equal({
        code: 'AccessDenied',
        message: `User: ${LOCAL.arn} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" with an explicit deny in a resource-based policy`,
        status: 403,
      })
    })

    it('as the facts of the request are', async () => {
      resource['arn:aws:s3:::b/k'] = deny({ Bool: { 'aws:SecureTransport': 'false' } })

      expect(await call('s3', LOCAL)).to.have.property('code', 'AccessDenied')
      expect(await call('s3', LOCAL, { secure: true })).to.equal('allowed')
    })

    it('is one user: no other has rights of its own', async () => {
      const eve: Caller = { ...LOCAL, arn: `arn:aws:iam::${ACCOUNT}:user/eve` }

      expect(await call('s3', eve)).to.have.property('code', 'AccessDenied')
    })
  })

  describe('condition keys', () => {
    const only = (Condition: Statement['Condition']) => {
      accesses = [['s3:GetObject', 'arn:aws:s3:::b/k', { 's3:prefix': 'own' }]]
      identity = [{ Effect: 'Allow', Action: '*', Resource: '*', Condition }]
    }
    const now = () => new Date(ground.clock.now() + 60_000).toISOString()
    for (const [name, condition, facts] of [
      ['of the operation', { StringEquals: { 's3:prefix': 'own' } }, {}],
      ['the address', { IpAddress: { 'aws:SourceIp': '10.1.2.0/24' } }, {}],
      ['the time', () => ({ DateLessThan: { 'aws:CurrentTime': now() } }), {}],
      ['seconds', { NumericGreaterThan: { 'aws:EpochTime': 1_700_000_000 } }, {}],
      ['the referer', { StringLike: { 'aws:Referer': 'http://site/*' } }, { referer: 'http://site/a' }],
      ['the user agent', { StringLike: { 'aws:UserAgent': 'aws-cli/*' } }, { userAgent: 'aws-cli/2' }],
      ['the region', { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }, {}],
      [
        'the account of caller and resource',
        { StringEquals: { 'aws:PrincipalAccount': ACCOUNT, 'aws:ResourceAccount': ACCOUNT } },
        {},
      ],
      ['the role', { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/R` } }, {}],
      [
        'the session',
        { StringEquals: { 'aws:userid': 'AROAEXAMPLEEXAMPLEEXA:S', 'aws:PrincipalType': 'AssumedRole' } },
        {},
      ],
      ['a tag of the role', { StringEquals: { 'aws:PrincipalTag/only': 'role' } }, {}],
      ['a tag of the session, which wins', { StringEquals: { 'aws:PrincipalTag/from': 'session' } }, {}],
    ] as [string, Statement['Condition'] | (() => Statement['Condition']), Partial<Context['facts']>][])
      it(`know ${name}`, async () => {
        only(typeof condition === 'function' ? condition() : condition)

        expect(await call('s3', role, facts)).to.equal('allowed')
      })

    it('know for which resource a service acts', async () => {
      accesses = [['lambda:InvokeFunction', 'f']]
      const Condition = {
        ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::pictures' },
        StringEquals: { 'AWS:SourceAccount': ACCOUNT },
        Bool: { 'aws:PrincipalIsAWSService': 'true' },
      }
      const Principal = { Service: 's3.amazonaws.com' }
      resource['arn:aws:lambda:us-east-1:123456789012:function:f'] = {
        name: 'function policy',
        kind: 'resource',
        policy: {
          Statement: { Effect: 'Allow', Principal, Action: 'lambda:InvokeFunction', Resource: '*', Condition },
        },
      }
      accesses = [['lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:123456789012:function:f']]
      const s3 = (sourceArn: string): Caller => ({
        ...{ kind: 'service', principal: 's3.amazonaws.com', account: ACCOUNT, sourceArn, sourceAccount: ACCOUNT },
      })

      expect(await call('lambda', s3('arn:aws:s3:::pictures'))).to.equal('allowed')
      expect(await call('lambda', s3('arn:aws:s3:::others'))).to.deep.equal({
        code: 'AccessDeniedException',
        message:
          'User: s3.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:f because no resource-based policy allows the lambda:InvokeFunction action',
        status: 403,
      })
    })
  })

  it('what asks for no permission is not decided', async () => {
    await dispatch.run('sts', 'Free', {}, contextOf({ kind: 'anonymous', account: ACCOUNT }))

    expect(ran).to.deep.equal(['sts freely'])
    expect(dispatch.decisions).to.deep.equal([])
  })

  for (const [service, operation] of [
    ['s3', 'Undo'],
    ['s3', 'constructor'],
    ['sqs', 'Do'],
  ] as const)
    it(`${operation} of ${service} is not part of the cloud`, async () => {
      try {
        await dispatch.run(service, operation, {}, contextOf(LOCAL))
        expect.fail('should have been refused')
      } catch (error) {
        expect(error).to.include({ code: 'NotImplemented', status: 501 })
      }
    })
})
