import {
  ListExportsCommand,
  ListImportsCommand,
  ListStackResourcesCommand,
  SetStackPolicyCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { groups, operations } from '../../../tests/stacks.ts'

describe('what stacks of CloudFormation protect', function () {
  this.timeout(30_000)
  const t = withCloud()
  const { client, create, update, remove, stack, settled, events, logGroups } = operations(t)

  it('do not delete a bucket that has something in it', async () => {
    const body = JSON.stringify({
      Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'full-one' } } },
    })
    await create('full', body)
    await settled('full')
    const s3 = new S3Client({ ...t.config(), forcePathStyle: true })
    await s3.send(new PutObjectCommand({ Bucket: 'full-one', Key: 'a', Body: 'b' }))

    await remove('full')
    const found = await settled('full')
    const { StackResourceSummaries = [] } = await client().send(new ListStackResourcesCommand({ StackName: 'full' }))
    await remove('full', ['Bucket'])

    expect(found).to.include({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'The following resource(s) failed to delete: [Bucket].',
    })
    expect(StackResourceSummaries[0]?.ResourceStatusReason).to.contain('The bucket you tried to delete is not empty')
    expect((await refusalOf(stack('full'))).message).to.equal('Stack with id full does not exist')
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).to.include('full-one')
  })

  it('are protected from deletion', async () => {
    await create('safe', groups({ One: {} }), { EnableTerminationProtection: true })
    await settled('safe')

    const refused = await refusalOf(remove('safe'))
    await client().send(
      new UpdateTerminationProtectionCommand({ StackName: 'safe', EnableTerminationProtection: false }),
    )
    await remove('safe')

    expect(refused.message).to.equal('Stack [safe] cannot be deleted while TerminationProtection is enabled')
    expect((await refusalOf(stack('safe'))).message).to.equal('Stack with id safe does not exist')
  })

  it('protect resources by their policy', async () => {
    await create('policed', groups({ One: { RetentionInDays: 7 }, Two: { RetentionInDays: 7 } }))
    await settled('policed')
    const Statement = [
      { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'Update:Modify', Principal: '*', Resource: 'LogicalResourceId/One' },
    ]
    await client().send(
      new SetStackPolicyCommand({ StackName: 'policed', StackPolicyBody: JSON.stringify({ Statement }) }),
    )

    await update('policed', groups({ One: { RetentionInDays: 14 }, Two: { RetentionInDays: 7 } }))
    const found = await settled('policed')
    const told = (await events('policed')).find((one) => one.ResourceStatus === 'UPDATE_FAILED')
    await update('policed', groups({ One: { RetentionInDays: 7 }, Two: { RetentionInDays: 14 } }))
    const other = await settled('policed')
    const wrong = await refusalOf(
      client().send(
        new SetStackPolicyCommand({ StackName: 'policed', StackPolicyBody: '{"Statement":{"Effect":"Maybe"}}' }),
      ),
    )

    expect(found.StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE')
    expect(told?.ResourceStatusReason).to.equal(
      'Action denied by stack policy: Statement [#2] does not allow [Update:Modify] for resource [LogicalResourceId/One]',
    )
    expect(other.StackStatus).to.equal('UPDATE_COMPLETE')
    expect(wrong).to.include({ name: 'ValidationError' })
  })

  it('do not delete what another stack imports', async () => {
    const shared = (Value: string) => ({ Outputs: { Shared: { Value, Export: { Name: 'shared-value' } } } })
    await create('exporter', groups({ One: {} }, shared('a')))
    await settled('exporter')
    await create('importer', groups({ Two: { Tags: [{ Key: 'from', Value: { 'Fn::ImportValue': 'shared-value' } }] } }))
    await settled('importer')

    const { Imports } = await client().send(new ListImportsCommand({ ExportName: 'shared-value' }))
    const { Exports = [] } = await client().send(new ListExportsCommand({}))
    await remove('exporter')
    const found = await settled('exporter')
    await remove('importer')
    await remove('exporter')

    expect(Imports).to.deep.equal(['importer'])
    expect(Exports.find(({ Name }) => Name === 'shared-value')?.Value).to.equal('a')
    expect(found.StackStatusReason).to.equal(
      'Delete canceled. Export shared-value cannot be deleted as it is in use by importer.',
    )
    expect((await refusalOf(stack('exporter'))).message).to.equal('Stack with id exporter does not exist')
  })

  it('retain what is to be retained', async () => {
    const body = JSON.stringify({ Resources: { One: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Retain' } } })
    await create('retaining', body)
    await settled('retaining')

    await remove('retaining')

    expect(await logGroups('retaining-One-')).to.have.length(1)
  })
})
