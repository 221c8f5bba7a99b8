import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteResourcePolicyCommand,
  DescribeResourcePoliciesCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { createRole, roleArn, sessionOf, trust } from '../lambda/fixture.ts'

const ACCOUNT = '123456789012'
const statement = (Principal: unknown, more = {}) => ({
  ...{ Effect: 'Allow', Principal, Action: 'logs:PutLogEvents', Resource: `arn:aws:logs:us-east-1:${ACCOUNT}:*` },
  ...more,
})
const documentOf = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const DELIVERY = documentOf(statement({ Service: 'delivery.logs.amazonaws.com' }))

describe('CloudWatch Logs: resource policies', () => {
  const cloud = withCloud()
  let logs: CloudWatchLogsClient
  before(() => {
    logs = new CloudWatchLogsClient(cloud.config())
  })
  after(() => logs.destroy())
  const put = (policyName: string | undefined, policyDocument: string | undefined, more = {}) =>
    logs.send(new PutResourcePolicyCommand({ policyName, policyDocument, ...more }))
  const remove = (policyName: string) => logs.send(new DeleteResourcePolicyCommand({ policyName }))
  const names = async (input = {}) => {
    const { resourcePolicies = [], nextToken } = await logs.send(new DescribeResourcePoliciesCommand(input))
    return { names: resourcePolicies.map(({ policyName }) => policyName), nextToken }
  }

  it('are put, put again, listed page by page, and deleted', async () => {
    const { resourcePolicy } = await put('b', DELIVERY)
    await put('a', DELIVERY)
    const other = documentOf(statement({ Service: 'es.amazonaws.com' }))
    await put('b', other)

    const first = await names({ limit: 1 })
    const { resourcePolicies } = await logs.send(new DescribeResourcePoliciesCommand({ nextToken: first.nextToken }))
    for (const name of ['a', 'b']) await remove(name)

    expect(resourcePolicy).to.include({ policyName: 'b', policyDocument: DELIVERY, policyScope: 'ACCOUNT' })
    expect(resourcePolicy?.lastUpdatedTime).to.be.closeTo(cloud.clock.now(), 60_000)
    expect(first.names).to.deep.equal(['a'])
    expect(resourcePolicies?.map(({ policyName, policyDocument }) => [policyName, policyDocument])).to.deep.equal([
      ['b', other],
    ])
    expect((await names()).names).to.deep.equal([])
    expect(await refusalOf(remove('a'))).to.deep.equal({
      name: 'ResourceNotFoundException',
      status: 400,
      message: 'Policy with name [a] does not exist.',
    })
  })

  it('are ten at most', async () => {
    for (let i = 0; i < 10; i++) await put(`policy${i}`, DELIVERY)

    const refused = await refusalOf(put('eleventh', DELIVERY))
    await put('policy3', DELIVERY)
    for (let i = 0; i < 10; i++) await remove(`policy${i}`)

    expect(refused).to.deep.equal({ name: 'LimitExceededException', status: 400, message: 'Resource limit exceeded.' })
  })

  it('let those write whom they name, where they say', async () => {
    const trusted = trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` })
    await createRole(cloud.config(), 'writer', [], trusted)
    const writer = new CloudWatchLogsClient(cloud.config(await sessionOf(cloud.config(), roleArn('writer'))))
    for (const logGroupName of ['open', 'closed']) await logs.send(new CreateLogGroupCommand({ logGroupName }))
    const write = (logGroupName: string, logStreamName: string) =>
      writer.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
    const Resource = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:open:log-stream:*`

    const before = await refusalOf(write('open', 'a'))
    await put('writer', documentOf(statement({ AWS: roleArn('writer') }, { Action: 'logs:CreateLogStream', Resource })))
    await write('open', 'a')
    const elsewhere = await refusalOf(write('closed', 'a'))
    await remove('writer')
    const after = await refusalOf(write('open', 'b'))
    writer.destroy()

    for (const refused of [before, elsewhere, after])
      expect(refused).to.include({ name: 'AccessDeniedException', status: 400 })
  })

  for (const [what, name, document, more, message] of [
    ['no name', undefined, DELIVERY, {}, 'policyName is required.'],
    ['no document', 'a', undefined, {}, 'Member must have length greater than or equal to 1'],
    ['what is no JSON', 'a', 'x', {}, 'Policies must be valid JSON'],
    ['a statement for nobody', 'a', documentOf({ ...statement('*'), Principal: undefined }), {}, 'Principal'],
    ['a document that is too long', 'a', `${DELIVERY}${' '.repeat(5120)}`, {}, 'less than or equal to 5120'],
    [
      'one group',
      'a',
      DELIVERY,
      { resourceArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:a` },
      'of the account only',
    ],
  ] as const)
    it(`refuse ${what}`, async () => {
      const refused = await refusalOf(put(name, document, more))

      expect(refused).to.include({ name: 'InvalidParameterException', status: 400 })
      expect(refused.message).to.contain(message)
    })
})
