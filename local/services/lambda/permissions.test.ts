import {
  AddPermissionCommand,
  type AddPermissionCommandInput,
  CreateFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, allow, arnOf, createFunction, createRole, functionOf, roleArn, sessionOf, trust } from './fixture.ts'

const HELLO = `export const handler = async () => 'hello'`
const OURS = trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` })

describe('permissions of functions', () => {
  const cloud = withCloud()
  let lambda: LambdaClient
  before(async () => {
    lambda = new LambdaClient(cloud.config())
    await createRole(cloud.config(), 'basic')
    await createFunction(lambda, 'hello', HELLO)
  })
  after(() => lambda.destroy())

  const add = (input: Partial<AddPermissionCommandInput>) =>
    lambda.send(
      new AddPermissionCommand({
        FunctionName: 'hello',
        StatementId: 'one',
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        ...input,
      }),
    )
  const policyOf = async (FunctionName: string) => {
    const { Policy = '', RevisionId } = await lambda.send(new GetPolicyCommand({ FunctionName }))
    return { policy: JSON.parse(Policy), RevisionId }
  }
  const fresh = (name: string) => createFunction(lambda, name, HELLO)

  describe('what a caller may do', () => {
    const as = async (name: string, statements: unknown[]) => {
      await createRole(cloud.config(), name, statements, OURS)
      const client = new LambdaClient(cloud.config(await sessionOf(cloud.config(), roleArn(name))))
      return (FunctionName = 'hello') => client.send(new InvokeCommand({ FunctionName }))
    }

    it('nothing without a statement: 403 with the reason', async () => {
      const invoke = await as('nothing', [])

      expect(await refusalOf(invoke())).to.deep.equal({
        name: 'AccessDeniedException',
        status: 403,
        message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/nothing/test is not authorized to perform: lambda:InvokeFunction on resource: ${arnOf('hello')} because no identity-based policy allows the lambda:InvokeFunction action`,
      })
    })

    it('invokes what its role allows, and no other function', async () => {
      const invoke = await as('one-function', [
        { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf('hello') },
      ])

      expect((await invoke()).StatusCode).to.equal(200)
      expect(await refusalOf(invoke('another'))).to.include({ name: 'AccessDeniedException', status: 403 })
      expect(await refusalOf(invoke('hello:$LATEST'))).to.include({ name: 'AccessDeniedException', status: 403 })
    })

    it('invokes what the policy of the function allows it', async () => {
      await fresh('open')
      const invoke = await as('invited', [])
      const before = await refusalOf(invoke('open'))

      await add({ FunctionName: 'open', Principal: roleArn('invited') })

      expect(before.name).to.equal('AccessDeniedException')
      expect((await invoke('open')).StatusCode).to.equal(200)
    })

    it('creates a function only with a role that it may pass', async () => {
      const Resource = arnOf('by-maker')
      await createRole(cloud.config(), 'maker', [{ Effect: 'Allow', Action: 'lambda:*', Resource }], OURS)
      const maker = new LambdaClient(cloud.config(await sessionOf(cloud.config(), roleArn('maker'))))
      const create = () => maker.send(new CreateFunctionCommand(functionOf('by-maker', HELLO)))

      const before = await refusalOf(create())
      const condition = { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }
      await allow(cloud.config(), 'maker', [
        { Effect: 'Allow', Action: 'lambda:*', Resource },
        { Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn('basic'), Condition: condition },
      ])
      const { State } = await create()

      expect(before).to.deep.equal({
        name: 'AccessDeniedException',
        status: 403,
        message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/maker/test is not authorized to perform: iam:PassRole on resource: ${roleArn('basic')} because no identity-based policy allows the iam:PassRole action`,
      })
      expect(State).to.equal('Active')
    })
  })

  describe('AddPermission', () => {
    it('gives the statement as it will stand in the policy', async () => {
      await fresh('for-s3')

      const { Statement = '', $metadata } = await add({
        FunctionName: 'for-s3',
        StatementId: 's3',
        SourceArn: 'arn:aws:s3:::pictures',
        SourceAccount: ACCOUNT,
      })
      const { policy, RevisionId } = await policyOf('for-s3')

      const statement = {
        Sid: 's3',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: arnOf('for-s3'),
        Condition: {
          StringEquals: { 'AWS:SourceAccount': ACCOUNT },
          ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::pictures' },
        },
      }
      expect($metadata.httpStatusCode).to.equal(201)
      expect(JSON.parse(Statement)).to.deep.equal(statement)
      expect(policy).to.deep.equal({ Version: '2012-10-17', Id: 'default', Statement: [statement] })
      expect(RevisionId).to.match(/^[0-9a-f-]{36}$/)
    })

    for (const [principal, expected] of [
      [ACCOUNT, { AWS: `arn:aws:iam::${ACCOUNT}:root` }],
      ['*', '*'],
      [roleArn('basic'), { AWS: roleArn('basic') }],
      ['apigateway.amazonaws.com', { Service: 'apigateway.amazonaws.com' }],
    ] as const)
      it(`takes the principal ${principal}`, async () => {
        const { Statement = '' } = await add({ StatementId: `p${principal.replace(/\W/g, '')}`, Principal: principal })

        expect(JSON.parse(Statement).Principal).to.deep.equal(expected)
      })

    const refusals: [string, Partial<AddPermissionCommandInput>, string, string | RegExp, number?][] = [
      [
        'another principal',
        { Principal: 'somebody' },
        'InvalidParameterValueException',
        'The provided principal was invalid. Please check the principal and try again.',
      ],
      ['a statement id with a space', { StatementId: 'a b' }, 'ValidationException', /at 'statementId'/],
      ['an action of another service', { Action: 's3:GetObject' }, 'ValidationException', /at 'action'/],
      ['an account of 11 digits', { SourceAccount: '12345678901' }, 'ValidationException', /at 'sourceAccount'/],
      [
        '$LATEST',
        { Qualifier: '$LATEST' },
        'InvalidParameterValueException',
        'We currently do not support adding policies for $LATEST.',
      ],
      [
        'a function that is not there',
        { FunctionName: 'nobody' },
        'ResourceNotFoundException',
        /^Function not found: /,
        404,
      ],
      ['another revision', { RevisionId: 'another' }, 'PreconditionFailedException', /^The Revision Id provided/, 412],
    ]
    for (const [what, input, name, message, status = 400] of refusals)
      it(`refuses ${what}`, async () => {
        const refusal = await refusalOf(add({ StatementId: 'never', ...input }))

        expect(refusal).to.include({ name, status })
        if (typeof message === 'string') expect(refusal.message).to.equal(message)
        else expect(refusal.message).to.match(message)
      })

    it('refuses a statement id twice', async () => {
      await add({ StatementId: 'twice' })

      expect(await refusalOf(add({ StatementId: 'twice' }))).to.deep.equal({
        name: 'ResourceConflictException',
        status: 409,
        message:
          'The statement id (twice) provided already exists. Please provide a new statement id, or remove the existing statement.',
      })
    })

    it('refuses a policy above 20 KB', async () => {
      await fresh('long')
      const SourceArn = `arn:aws:s3:::${'x'.repeat(1900)}`
      const outcomes = []
      for (let n = 0; n < 12; n++)
        outcomes.push(
          await add({ FunctionName: 'long', StatementId: `s${n}`, SourceArn }).then(
            () => 'added',
            (error) => error.name,
          ),
        )

      expect(outcomes.filter((one) => one === 'added')).to.have.length(9)
      expect(outcomes.at(-1)).to.equal('PolicyLengthExceededException')
    })
  })

  it('RemovePermission takes a statement away, and refuses one that is not there', async () => {
    await fresh('removed')
    await add({ FunctionName: 'removed', StatementId: 'a' })
    await add({ FunctionName: 'removed', StatementId: 'b' })
    const remove = (StatementId: string) =>
      lambda.send(new RemovePermissionCommand({ FunctionName: 'removed', StatementId }))

    await remove('a')
    const { policy } = await policyOf('removed')
    await remove('b')

    expect(policy.Statement.map(({ Sid }: { Sid: string }) => Sid)).to.deep.equal(['b'])
    expect(await refusalOf(remove('a'))).to.deep.equal({
      name: 'ResourceNotFoundException',
      status: 404,
      message: 'Statement a is not found in resource policy.',
    })
    expect(await refusalOf(policyOf('removed'))).to.deep.equal({
      name: 'ResourceNotFoundException',
      status: 404,
      message: 'The resource you requested does not exist.',
    })
  })
})
