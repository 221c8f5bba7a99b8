import { expect } from 'chai'
import fc from 'fast-check'
import { decide } from './decide.ts'
import { ACCOUNT, anonymous, ELSEWHERE, lambda, session, user } from './fixture.ts'
import type { PolicySource, Statement } from './types.ts'

/** Small worlds, in which policies meet questions often. */
const action = fc.constantFrom('s3:GetObject', 's3:PutObject', 'sqs:SendMessage', 'sts:AssumeRole')
const resource = fc.constantFrom(
  'arn:aws:s3:::b/a',
  'arn:aws:s3:::b/c',
  `arn:aws:sqs:us-east-1:${ACCOUNT}:q`,
  `arn:aws:iam::${ACCOUNT}:role/r`,
)
const callers = [user(), user('x', ELSEWHERE), session(), session('worker', 'one', ELSEWHERE), lambda, anonymous]
const principal = fc.constantFrom<NonNullable<Statement['Principal']>>(
  '*',
  { AWS: ACCOUNT },
  { AWS: [user().arn, session().roleArn] },
  { AWS: session().arn },
  { AWS: ELSEWHERE },
  { Service: 'lambda.amazonaws.com' },
)
const keys = fc.record({ 'a:x': fc.constantFrom('1', '2', undefined) }, { requiredKeys: [] })
const condition = fc.option(
  fc.constantFrom<NonNullable<Statement['Condition']>>(
    { StringEquals: { 'a:x': '1' } },
    { StringNotEquals: { 'a:x': '1' } },
    { Null: { 'a:x': 'true' } },
  ),
  { nil: undefined },
)

const statement = (withPrincipal: boolean): fc.Arbitrary<Statement> =>
  fc
    .record({
      Effect: fc.constantFrom<Statement['Effect']>('Allow', 'Allow', 'Deny'),
      actions: fc.constantFrom('*', 's3:*', 's3:Get*', 'sqs:*', 'sts:*'),
      notActions: fc.boolean(),
      resources: fc.constantFrom('*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/a', `arn:aws:*:*:${ACCOUNT}:*`),
      Condition: condition,
      who: principal,
      notPrincipal: fc.boolean(),
    })
    .map(({ Effect, actions, notActions, resources, Condition, who, notPrincipal }) => ({
      Effect,
      ...(notActions ? { NotAction: actions } : { Action: actions }),
      Resource: resources,
      ...(Condition && { Condition }),
      ...(withPrincipal && (notPrincipal ? { NotPrincipal: who } : { Principal: who })),
    }))

const source: fc.Arbitrary<PolicySource> = fc
  .constantFrom<PolicySource['kind']>('identity', 'identity', 'boundary', 'session', 'resource', 'trust')
  .chain((kind) =>
    fc.array(statement(kind === 'resource' || kind === 'trust'), { maxLength: 4 }).map((Statement) => ({
      name: kind,
      kind,
      policy: { Version: '2012-10-17', Statement },
    })),
  )

const question = fc.record({
  action,
  resource,
  caller: fc.constantFrom(...callers),
  keys: keys.map((given) => ({ 'aws:ResourceAccount': ACCOUNT, ...given })),
  policies: fc.array(source, { maxLength: 5 }),
})
const statementsOf = ({ policy }: PolicySource) => policy.Statement as Statement[]
const runs = { numRuns: 1000 }

describe('decide, whatever the policies', () => {
  it('a Deny that is added never allows more', () => {
    const added = fc.record({
      question,
      extra: source.map((one) => ({
        ...one,
        policy: { ...one.policy, Statement: statementsOf(one).map((each) => ({ ...each, Effect: 'Deny' as const })) },
      })),
    })
    fc.assert(
      fc.property(added, ({ question: asked, extra }) => {
        // A boundary or session policy of Denies only would limit as well: what it adds is no Allow either.
        const before = decide(asked)
        const after = decide({ ...asked, policies: [...asked.policies, extra] })
        if (!before.allowed) expect(after.allowed).to.equal(false)
      }),
      runs,
    )
  })

  it('a Deny of everything denies', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const all: PolicySource = {
          name: 'deny',
          kind: 'identity',
          policy: { Statement: { Effect: 'Deny', Action: '*', Resource: '*' } },
        }
        expect(decide({ ...asked, policies: [...asked.policies, all] }).outcome).to.equal('explicitDeny')
      }),
      runs,
    )
  })

  it('an Allow that is taken away never allows more', () => {
    fc.assert(
      fc.property(question, fc.nat(), fc.nat(), (asked, which, index) => {
        const policies = asked.policies.map((one, i) =>
          i === which % Math.max(1, asked.policies.length)
            ? {
                ...one,
                policy: {
                  ...one.policy,
                  Statement: statementsOf(one).filter(
                    (each, j, all) => each.Effect === 'Deny' || j !== index % all.length,
                  ),
                },
              }
            : one,
        )
        if (!decide(asked).allowed) expect(decide({ ...asked, policies }).allowed).to.equal(false)
      }),
      runs,
    )
  })

  it('the order of policies and statements never matters', () => {
    const shuffled = question.chain((asked) =>
      fc
        .shuffledSubarray(asked.policies, { minLength: asked.policies.length })
        .chain((policies) =>
          fc.tuple(
            fc.constant(asked),
            fc.tuple(
              ...policies.map((one) =>
                fc
                  .shuffledSubarray(statementsOf(one), { minLength: statementsOf(one).length })
                  .map((Statement) => ({ ...one, policy: { ...one.policy, Statement } })),
              ),
            ),
          ),
        ),
    )
    fc.assert(
      fc.property(shuffled, ([asked, policies]) => {
        const [one, other] = [decide(asked), decide({ ...asked, policies: policies as PolicySource[] })]
        expect(other.outcome).to.equal(one.outcome)
      }),
      runs,
    )
  })

  it('a boundary or a session policy never allows more', () => {
    const limit = fc.record({ question, kind: fc.constantFrom<'boundary' | 'session'>('boundary', 'session') })
    fc.assert(
      fc.property(limit, ({ question: asked, kind }) => {
        if (asked.policies.some((one) => one.kind === kind)) return
        const all: PolicySource = {
          name: kind,
          kind,
          policy: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
        }
        const none: PolicySource = { name: kind, kind, policy: { Statement: [] } }
        const before = decide(asked).outcome

        expect(decide({ ...asked, policies: [...asked.policies, all] }).outcome).to.equal(before)
        if (before !== 'allow')
          expect(decide({ ...asked, policies: [...asked.policies, none] }).outcome).to.equal(before)
      }),
      runs,
    )
  })

  it('what is decided is said: a statement for allow and deny, AWS’s clause for every refusal', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { outcome, decidedBy, nearest, because, reason } = decide(asked)

        expect(decidedBy === undefined).to.equal(outcome === 'implicitDeny')
        expect(because === '').to.equal(outcome === 'allow')
        expect(reason.startsWith(outcome === 'allow' ? 'allowed: ' : 'denied: ')).to.equal(true)
        if (nearest) expect(nearest.missed).not.to.equal('')
        if (outcome === 'allow') expect(decidedBy?.statement.Effect).to.equal('Allow')
        if (outcome === 'explicitDeny') expect(decidedBy?.statement.Effect).to.equal('Deny')
      }),
      runs,
    )
  })
})
