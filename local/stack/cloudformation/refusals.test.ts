import type { CreateStackCommandInput } from '@aws-sdk/client-cloudformation'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { groups, operations, P } from '../../../tests/stacks.ts'

describe('stacks of CloudFormation', function () {
  this.timeout(30_000)
  const t = withCloud()
  const { create, update, stack } = operations(t)

  const ROLE = JSON.stringify({
    Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } } },
  })
  const NAMED = ROLE.replace('"Properties":{', '"Properties":{"RoleName":"mine",')
  const parameter = (declaration: object) => groups({ One: {} }, { Parameters: { P: declaration } })
  const LONG = groups({ One: {} }, { Description: 'x'.repeat(51_200) })
  const SAM = (CodeUri: string) =>
    JSON.stringify({
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        Fn: { Type: 'AWS::Serverless::Function', Properties: { CodeUri, Handler: 'a.b', Runtime: 'nodejs24.x' } },
      },
    })
  const EXPAND = {
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'] as ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
  }
  for (const [what, body, more, name, message] of [
    ['what is no template', 'Resources: [', {}, 'ValidationError', 'Template format error'],
    ['an empty one', '{}', {}, 'ValidationError', 'At least one Resources member must be defined.'],
    ['one that is too long', LONG, {}, 'ValidationError', 'Member must have length less than or equal to 51200'],
    [
      'roles without a capability',
      ROLE,
      {},
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_IAM]',
    ],
    [
      'named roles',
      NAMED,
      { Capabilities: ['CAPABILITY_IAM'] },
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    ],
    [
      'transforms',
      SAM('s3://b/k'),
      { Capabilities: ['CAPABILITY_IAM'] },
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_AUTO_EXPAND]',
    ],
    [
      'code of this machine',
      SAM('.'),
      EXPAND,
      'ValidationError',
      "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: 1. Resource with id [Fn] is invalid. 'CodeUri' is not a valid S3 Uri",
    ],
    ['a missing parameter', parameter({ Type: 'String' }), {}, 'ValidationError', 'Parameters: [P] must have values'],
    [
      'an unknown parameter',
      groups({ One: {} }),
      P('x'),
      'ValidationError',
      'Parameters: [P] do not exist in the template',
    ],
    [
      'a value that is not allowed',
      parameter({ Type: 'String', AllowedValues: ['a'] }),
      P('x'),
      'ValidationError',
      "Parameter 'P' must be one of AllowedValues [a]",
    ],
    [
      'a value beyond its limit',
      parameter({ Type: 'Number', MaxValue: 3 }),
      P('4'),
      'ValidationError',
      "Parameter 'P' must be a number not greater than 3",
    ],
    [
      'a value beside its pattern',
      parameter({ Type: 'String', AllowedPattern: '[a-z]+' }),
      P('A'),
      'ValidationError',
      "Parameter 'P' must match pattern [a-z]+",
    ],
    [
      'functions without properties',
      JSON.stringify({
        Transform: 'AWS::Serverless-2016-10-31',
        Resources: { Fn: { Type: 'AWS::Serverless::Function', Properties: null } },
      }),
      EXPAND,
      'ValidationError',
      'Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document',
    ],
    [
      'a parameter of an odd name that has no value',
      groups({ One: {} }, { Parameters: { constructor: { Type: 'String' } } }),
      {},
      'ValidationError',
      'Parameters: [constructor] must have values',
    ],
    [
      'a pattern that takes years',
      parameter({ Type: 'String', AllowedPattern: '(a+)+' }),
      P(`${'a'.repeat(40)}!`),
      'ValidationError',
      'Template format error: AllowedPattern takes too long to be compared with a value.',
    ],
    [
      'parameters looked up on AWS',
      parameter({ Type: 'AWS::SSM::Parameter::Value<String>' }),
      P('A'),
      'ValidationError',
      'is looked up on AWS',
    ],
    [
      'a previous value of nothing',
      parameter({ Type: 'String' }),
      { Parameters: [{ ParameterKey: 'P', UsePreviousValue: true }] },
      'ValidationError',
      'Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    ],
    [
      'reserved tags',
      groups({ One: {} }),
      { Tags: [{ Key: 'aws:x', Value: '' }] },
      'ValidationError',
      'aws: prefixed tag key names are not allowed for external use.',
    ],
    [
      'two ways to fail',
      groups({ One: {} }),
      { DisableRollback: true, OnFailure: 'DELETE' },
      'ValidationError',
      'You may not specify both DisableRollback and OnFailure.',
    ],
  ] as [string, string, Partial<CreateStackCommandInput>, string, string][])
    it(`refuse ${what}`, async () => {
      const refused = await refusalOf(create('refused', body, more))

      expect(refused).to.include({ name, status: 400 })
      expect(refused.message).to.contain(message)
      expect((await refusalOf(stack('refused'))).message).to.equal('Stack with id refused does not exist')
    })

  it('refuse a name that is taken, and unknown ones', async () => {
    await create('taken', groups({ One: {} }))

    const taken = await refusalOf(create('taken', groups({ One: {} })))
    const unknown = await refusalOf(update('unknown', groups({ One: {} })))
    const wrong = await refusalOf(create('no_name', groups({ One: {} })))

    expect(taken).to.include({ name: 'AlreadyExistsException', message: 'Stack [taken] already exists' })
    expect(unknown).to.include({ name: 'ValidationError', message: 'Stack [unknown] does not exist' })
    expect(wrong.message).to.contain('Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*')
  })
})
