import { expect } from 'chai'
import { ALL, ask, DENY, identity, lambda, resource, source } from './fixture.ts'
import type { Decision, PolicySource, Statement } from './types.ts'

describe('decide: which statement, and what missed', () => {
  const told = (decision: Decision) => {
    const { decidedBy, nearest, reason } = decision
    return {
      ...(decidedBy && { by: `${decidedBy.policy}#${decidedBy.index}` }),
      ...(nearest && { near: `${nearest.policy}#${nearest.index}`, missed: nearest.missed }),
      reason,
    }
  }
  const thumbnails: PolicySource = {
    name: "CreateThumbnailRole's inline policy p",
    kind: 'identity',
    policy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/images/*' },
        { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/thumbs/*' },
        { Sid: 'Items', Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' },
      ],
    },
  }

  it('names the statement that allows', () => {
    const decision = ask([thumbnails], { resource: 'arn:aws:s3:::b/images/a.jpg' })

    expect(told(decision)).to.deep.equal({
      by: "CreateThumbnailRole's inline policy p#0",
      reason: "allowed: CreateThumbnailRole's inline policy p, statement 1",
    })
  })

  it('names the statement that denies, with its Sid', () => {
    const decision = ask(
      [thumbnails, source('resource', { ...DENY, Sid: 'NoReads', Principal: '*' }, 'bucket policy of b')],
      {
        resource: 'arn:aws:s3:::b/images/a.jpg',
      },
    )

    expect(told(decision)).to.deep.equal({
      by: 'bucket policy of b#0',
      reason:
        'denied: s3:GetObject on arn:aws:s3:::b/images/a.jpg: bucket policy of b, statement 1 (NoReads), denies it',
    })
  })

  for (const [name, asked, near, missed] of [
    [
      'a resource',
      { action: 's3:PutObject', resource: 'arn:aws:s3:::b/images/x' },
      1,
      'resource arn:aws:s3:::b/thumbs/* does not match arn:aws:s3:::b/images/x',
    ],
    [
      'an action: the statement about that resource',
      { action: 's3:DeleteObject', resource: 'arn:aws:s3:::b/thumbs/x' },
      1,
      'action s3:PutObject does not match s3:DeleteObject',
    ],
    [
      'an action of another resource',
      { action: 'dynamodb:Scan', resource: 'arn:aws:dynamodb:::t' },
      2,
      'action dynamodb:PutItem does not match dynamodb:Scan',
    ],
  ] as const)
    it(`names the nearest miss: ${name}`, () => {
      const { nearest } = ask([thumbnails], asked)

      expect(nearest?.index).to.equal(near)
      expect(nearest?.missed).to.equal(missed)
    })

  it('names none among statements about other services', () => {
    const decision = ask([thumbnails], { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:1:q' })

    expect(told(decision)).to.deep.equal({
      reason: 'denied: no identity-based policy allows the sqs:SendMessage action on arn:aws:sqs:us-east-1:1:q',
    })
  })

  it('says in one sentence what was asked and what missed', () => {
    const { reason } = ask([thumbnails], { action: 's3:PutObject', resource: 'arn:aws:s3:::b/images/x' })

    expect(reason).to.equal(
      "denied: no identity-based policy allows the s3:PutObject action on arn:aws:s3:::b/images/x; nearest: CreateThumbnailRole's inline policy p, statement 2: resource arn:aws:s3:::b/thumbs/* does not match arn:aws:s3:::b/images/x",
    )
  })

  const listing: Statement = {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: 'arn:aws:s3:::b',
    Condition: { StringLike: { 's3:prefix': ['a/*', 'b/*'] }, Bool: { 'aws:SecureTransport': 'true' } },
  }
  it('names the conditions that do not hold, and what the request has', () => {
    const asked = { action: 's3:ListBucket', resource: 'arn:aws:s3:::b', keys: { 's3:prefix': 'c/' } }

    expect(ask([source('identity', listing)], asked).nearest?.missed).to.equal(
      'condition StringLike s3:prefix ["a/*","b/*"] does not hold: it is "c/" here; condition Bool aws:SecureTransport "true" does not hold: it is not in the request',
    )
  })

  it('shows what a variable stands for', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how policy variables look
    const home = source('identity', { ...ALL, Resource: 'arn:aws:s3:::b/${aws:username}/*' })

    expect(ask([home], { resource: 'arn:aws:s3:::b/eve/x', keys: { 'aws:username': 'bob' } }).nearest?.missed).to.equal(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how policy variables look
      'resource arn:aws:s3:::b/${aws:username}/* (here arn:aws:s3:::b/bob/*) does not match arn:aws:s3:::b/eve/x',
    )
    expect(ask([home], { resource: 'arn:aws:s3:::b/eve/x' }).nearest?.missed).to.equal(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how policy variables look
      'resource arn:aws:s3:::b/${aws:username}/* (whose variable has no value) does not match arn:aws:s3:::b/eve/x',
    )
  })

  it('names the principal that was meant', () => {
    const decision = ask([resource({ Service: 's3.amazonaws.com' })], { caller: lambda })

    expect(decision.nearest?.missed).to.equal('principal {"Service":"s3.amazonaws.com"} is not lambda.amazonaws.com')
  })

  it('looks among the policies that could have allowed', () => {
    const decision = ask([identity, source('boundary', { ...ALL, Action: 's3:Put*' }, 'the boundary')])

    expect(decision.nearest?.policy).to.equal('the boundary')
    expect(decision.nearest?.missed).to.equal('action s3:Put* does not match s3:GetObject')
  })
})
