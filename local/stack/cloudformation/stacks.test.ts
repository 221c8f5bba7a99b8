import {
  DescribeStackResourcesCommand,
  ListStacksCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { groups, operations, P } from '../../../tests/stacks.ts'
import { ownTags } from '../../services/systemTags.ts'

const BROKEN = { LogGroupName: 'no such name!' }

describe('stacks of CloudFormation', function () {
  this.timeout(30_000)
  const t = withCloud()
  const { client, create, update, remove, stack, settled, events, logGroups } = operations(t)

  it('are created, told event by event, and found by the waiters of the SDK', async () => {
    const body = groups(
      { One: { RetentionInDays: 7 } },
      { Outputs: { Name: { Value: { Ref: 'One' }, Description: 'its name' } } },
    )

    const { StackId = '' } = await create('made', body, {
      Tags: [{ Key: 'team', Value: 'a' }],
      ClientRequestToken: 'token-1',
    })
    await waitUntilStackCreateComplete(
      { client: client(), minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
      { StackName: 'made' },
    )

    const found = await stack('made')
    const [name = ''] = await logGroups('made-One-')
    expect(StackId).to.match(/^arn:aws:cloudformation:us-east-1:123456789012:stack\/made\/[0-9a-f-]{36}$/)
    expect(found).to.deep.include({ StackId, StackStatus: 'CREATE_COMPLETE', Tags: [{ Key: 'team', Value: 'a' }] })
    expect(found.Outputs).to.deep.equal([{ OutputKey: 'Name', OutputValue: name, Description: 'its name' }])
    expect((await events('made')).reverse().map((one) => [one.LogicalResourceId, one.ResourceStatus])).to.deep.equal([
      ['made', 'CREATE_IN_PROGRESS'],
      ['One', 'CREATE_IN_PROGRESS'],
      ['One', 'CREATE_COMPLETE'],
      ['made', 'CREATE_COMPLETE'],
    ])
    expect((await events('made')).every((one) => one.ClientRequestToken === 'token-1' && one.Timestamp)).to.equal(true)
  })

  it('give their tags to their resources', async () => {
    await create('tagged', groups({ One: { Tags: [{ Key: 'team', Value: 'own' }] } }), {
      Tags: [
        { Key: 'team', Value: 'stack' },
        { Key: 'cost', Value: '7' },
      ],
    })
    const [name] = await logGroups('tagged-One-')
    const { tags } = await new CloudWatchLogsClient(t.config()).send(
      new ListTagsForResourceCommand({ resourceArn: `arn:aws:logs:us-east-1:123456789012:log-group:${name}` }),
    )

    expect(ownTags(tags)).to.deep.equal({ team: 'own', cost: '7' })
  })

  it('are updated by difference, and not where nothing is different', async () => {
    await create('changed', groups({ One: { RetentionInDays: 7 } }))

    await update('changed', groups({ One: { RetentionInDays: 14 }, Two: {} }))
    const found = await settled('changed')
    const refused = await refusalOf(update('changed', groups({ One: { RetentionInDays: 14 }, Two: {} })))

    expect(found.StackStatus).to.equal('UPDATE_COMPLETE')
    expect(await logGroups('changed-')).to.have.length(2)
    expect(refused).to.include({ name: 'ValidationError', status: 400, message: 'No updates are to be performed.' })
  })

  it('go back when a resource fails, with its reason', async () => {
    await create('failed', groups({ One: {}, Bad: BROKEN }))
    const found = await settled('failed')
    const told = await events('failed')
    const again = await refusalOf(update('failed', groups({ One: {} })))

    expect(found.StackStatus).to.equal('ROLLBACK_COMPLETE')
    expect(told.find((one) => one.ResourceStatus === 'CREATE_FAILED')).to.deep.include({ LogicalResourceId: 'Bad' })
    expect(told.find((one) => one.ResourceStatus === 'CREATE_FAILED')?.ResourceStatusReason).to.contain('logGroupName')
    expect(told.find((one) => one.ResourceStatus === 'ROLLBACK_IN_PROGRESS')?.ResourceStatusReason).to.equal(
      'The following resource(s) failed to create: [Bad]. Rollback requested by user.',
    )
    expect(await logGroups('failed-')).to.deep.equal([])
    expect(again.message).to.match(/^Stack:arn:.*\/failed\/.* is in ROLLBACK_COMPLETE state and can not be updated\.$/)
  })

  it('keep what was made, or go as a whole, when asked to', async () => {
    await create('kept', groups({ One: {}, Bad: { ...BROKEN } }, {}), { OnFailure: 'DO_NOTHING' })
    const { StackId = '' } = await create('gone', groups({ Bad: BROKEN }), { OnFailure: 'DELETE' })

    const kept = await settled('kept')
    const gone = await settled(StackId)

    expect(kept.StackStatus).to.equal('CREATE_FAILED')
    expect(gone.StackStatus).to.equal('DELETE_COMPLETE')
  })

  it('go back to what they were when an update fails', async () => {
    await create('back', groups({ One: { RetentionInDays: 7 } }))

    await update('back', groups({ One: { RetentionInDays: 14 }, Bad: BROKEN }))
    const found = await settled('back')

    expect(found.StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE')
    const { logGroups: [group] = [] } = await new CloudWatchLogsClient(t.config()).send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: 'back-' }),
    )
    expect(group?.retentionInDays).to.equal(7)
  })

  it('are deleted, and found by their ARN afterwards', async () => {
    const { StackId = '' } = await create('deleted', groups({ One: {} }))

    await remove('deleted')
    await waitUntilStackDeleteComplete(
      { client: client(), minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
      { StackName: 'deleted' },
    )

    const refused = await refusalOf(stack('deleted'))
    const { StackSummaries = [] } = await client().send(
      new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }),
    )
    const { StackResources = [] } = await client().send(new DescribeStackResourcesCommand({ StackName: StackId }))
    expect(refused).to.include({ name: 'ValidationError', message: 'Stack with id deleted does not exist' })
    expect((await stack(StackId)).StackStatus).to.equal('DELETE_COMPLETE')
    expect(StackSummaries.map((one) => one.StackId)).to.include(StackId)
    expect(StackResources[0]?.ResourceStatus).to.equal('DELETE_COMPLETE')
    await remove('deleted')
  })

  it('mask secrets, and keep them for the next update', async () => {
    const body = (days: number) =>
      groups(
        { One: { RetentionInDays: days, Tags: [{ Key: 'secret', Value: { Ref: 'P' } }] } },
        { Parameters: { P: { Type: 'String', NoEcho: true } } },
      )
    await create('secret', body(7), P('open sesame'))
    await settled('secret')

    await update('secret', body(14), { Parameters: [{ ParameterKey: 'P', UsePreviousValue: true }] })
    const found = await settled('secret')

    const [name] = await logGroups('secret-One-')
    const { tags } = await new CloudWatchLogsClient(t.config()).send(
      new ListTagsForResourceCommand({ resourceArn: `arn:aws:logs:us-east-1:123456789012:log-group:${name}` }),
    )
    expect(found.Parameters).to.deep.equal([{ ParameterKey: 'P', ParameterValue: '****' }])
    expect(ownTags(tags)).to.deep.equal({ secret: 'open sesame' })
  })
})
