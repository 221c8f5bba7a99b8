import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { groups, operations } from '../../../tests/stacks.ts'

const document = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const arnOf = (role: string) => `arn:aws:iam::123456789012:role/${role}`

describe('the role of a stack of CloudFormation', () => {
  const t = withCloud()
  const { create, update, remove, settled, events, logGroups } = operations(t)
  const role = async (RoleName: string, Principal: object, ...statements: unknown[]) => {
    const iam = new IAMClient(t.config())
    const trust = document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' })
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }))
    if (statements.length)
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: document(...statements) }))
  }
  const SERVICE = { Service: 'cloudformation.amazonaws.com' }
  before(async () => {
    await role('logger', SERVICE, { Effect: 'Allow', Action: 'logs:*', Resource: '*' })
    await role('nothing', SERVICE)
    await role('creator', SERVICE, { Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' })
    await role('others', { Service: 'lambda.amazonaws.com' }, { Effect: 'Allow', Action: '*', Resource: '*' })
    await role('caller', { AWS: '123456789012' }, { Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' })
  })

  it('makes, changes and deletes the resources, instead of the caller', async () => {
    await create('by-role', groups({ One: {} }), { RoleARN: arnOf('logger') })
    const made = await settled('by-role')
    await update('by-role', groups({ One: { RetentionInDays: 7 } }))
    const changed = await settled('by-role')
    await remove('by-role')

    expect(made).to.include({ StackStatus: 'CREATE_COMPLETE', RoleARN: arnOf('logger') })
    expect(changed).to.include({ StackStatus: 'UPDATE_COMPLETE', RoleARN: arnOf('logger') })
    expect(await logGroups('by-role-')).to.deep.equal([])
  })

  it('may do what its policies allow and no more, whoever asks', async () => {
    await create('refused', groups({ One: {} }), { RoleARN: arnOf('nothing') })
    const found = await settled('refused')
    const told = (await events('refused')).find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')

    expect(found.StackStatus).to.equal('ROLLBACK_COMPLETE')
    expect(told?.ResourceStatusReason).to.match(
      /assumed-role\/nothing\/AWSCloudFormation is not authorized to perform: logs:CreateLogGroup on resource: /,
    )
  })

  it('needs no permission for the tags that CloudFormation itself hangs on', async () => {
    await create('untagged', groups({ One: {} }), { RoleARN: arnOf('creator') })
    const { StackStatus, StackId } = await settled('untagged')
    const [name] = await logGroups('untagged-One-')
    const { tags } = await new CloudWatchLogsClient(t.config()).send(
      new ListTagsForResourceCommand({ resourceArn: `arn:aws:logs:us-east-1:123456789012:log-group:${name}` }),
    )

    expect(StackStatus).to.equal('CREATE_COMPLETE')
    expect(tags).to.deep.equal({
      'aws:cloudformation:stack-name': 'untagged',
      'aws:cloudformation:stack-id': StackId,
      'aws:cloudformation:logical-id': 'One',
    })
  })

  it('must trust CloudFormation', async () => {
    await create('untrusted', groups({ One: {} }), { RoleARN: arnOf('others') })
    const found = await settled('untrusted')

    expect(found.StackStatus).to.equal('CREATE_FAILED')
    expect(found.StackStatusReason).to.contain(arnOf('others'))
    expect(await logGroups('untrusted-')).to.deep.equal([])
  })

  it('is handed over by those who may pass it', async () => {
    const { Credentials: given } = await new STSClient(t.config()).send(
      new AssumeRoleCommand({ RoleArn: arnOf('caller'), RoleSessionName: 'asking' }),
    )
    const config = t.config({
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    })
    const refused = await refusalOf(
      new CloudFormationClient(config).send(
        new CreateStackCommand({ StackName: 'passed', TemplateBody: groups({ One: {} }), RoleARN: arnOf('logger') }),
      ),
    )

    expect(refused).to.include({ name: 'AccessDenied', status: 403 })
    expect(refused.message).to.contain(`is not authorized to perform: iam:PassRole on resource: ${arnOf('logger')}`)
  })
})
