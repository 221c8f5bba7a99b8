import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteStackCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  RollbackStackCommand,
} from '@aws-sdk/client-cloudformation'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { groups, operations } from '../../../tests/stacks.ts'

const BROKEN = { LogGroupName: 'no such name!' }
const USED = {
  name: 'TokenAlreadyExistsException',
  status: 400,
  message: 'A client request token already exists.',
}

describe('the ClientRequestToken of an operation of CloudFormation', function () {
  this.timeout(30_000)
  const t = withCloud()
  const { client, create, update, stack, settled, events, logGroups } = operations(t)
  const remove = (StackName: string, ClientRequestToken: string) =>
    client().send(new DeleteStackCommand({ StackName, ClientRequestToken }))
  const rollBack = (StackName: string, ClientRequestToken: string) =>
    client().send(new RollbackStackCommand({ StackName, ClientRequestToken }))
  /** How often the stack itself began or ended something. */
  const told = async (StackName: string) =>
    (await events(StackName)).filter((one) => one.ResourceType === 'AWS::CloudFormation::Stack').length

  it('gives a request that comes again its answer again, and does nothing twice', async () => {
    const token = (one: string) => ({ ClientRequestToken: one })
    const made = await create('again', groups({ One: {} }), token('make'))
    await settled('again')
    const madeAgain = await create('again', groups({ One: {} }), token('make'))
    const changed = await update('again', groups({ One: {}, Two: {} }), token('change'))
    await settled('again')
    const changedAgain = await update('again', groups({ One: {}, Two: {} }), token('change'))
    const begunAndEnded = await told('again')
    await remove('again', 'delete')
    await settled(made.StackId ?? '')
    await remove('again', 'delete')
    await remove(made.StackId ?? '', 'delete-by-arn')

    expect(madeAgain.StackId).to.equal(made.StackId)
    expect(changedAgain.StackId).to.equal(changed.StackId).and.equal(made.StackId)
    expect(begunAndEnded).to.equal(4)
    expect((await stack(made.StackId ?? '')).StackStatus).to.equal('DELETE_COMPLETE')
  })

  it('gives two requests at the same time one stack', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => create('together', groups({ One: {} }), { ClientRequestToken: 'make' })),
    )
    await settled('together')

    expect(one?.StackId).to.equal(two?.StackId)
    expect(await logGroups('together-')).to.have.length(1)
  })

  it('is of one operation of a stack: another one is refused, and so is the same one with other things to do', async () => {
    const { StackId = '' } = await create('one', groups({ One: {} }), { ClientRequestToken: 'make' })
    await settled('one')
    await client().send(
      new CreateChangeSetCommand({ StackName: 'one', ChangeSetName: 'set', TemplateBody: groups({ Two: {} }) }),
    )

    const refused = [
      await refusalOf(create('one', groups({ Other: {} }), { ClientRequestToken: 'make' })),
      await refusalOf(update('one', groups({ One: {}, Two: {} }), { ClientRequestToken: 'make' })),
      await refusalOf(
        client().send(
          new ExecuteChangeSetCommand({ StackName: 'one', ChangeSetName: 'set', ClientRequestToken: 'make' }),
        ),
      ),
      await refusalOf(client().send(new CancelUpdateStackCommand({ StackName: 'one', ClientRequestToken: 'make' }))),
      await refusalOf(rollBack('one', 'make')),
      await refusalOf(
        client().send(new ContinueUpdateRollbackCommand({ StackName: 'one', ClientRequestToken: 'make' })),
      ),
      await refusalOf(remove('one', 'make')),
      await refusalOf(remove(StackId, 'make')),
    ]

    expect(refused).to.deep.equal(refused.map(() => USED))
    expect(await stack('one')).to.include({ StackId, StackStatus: 'CREATE_COMPLETE' })
    expect(await logGroups('one-')).to.have.length(1)
  })

  it('of another stack is another one, and one of a stack that is gone is free', async () => {
    const first = await create('first', groups({ One: {} }), { ClientRequestToken: 'same' })
    const second = await create('second', groups({ One: {} }), { ClientRequestToken: 'same' })
    await settled('first')
    await remove('first', 'gone')
    await settled(first.StackId ?? '')
    const third = await create('first', groups({ Other: {} }), { ClientRequestToken: 'same' })

    expect(new Set([first.StackId, second.StackId, third.StackId]).size).to.equal(3)
    expect((await settled('first')).StackStatus).to.equal('CREATE_COMPLETE')
  })

  it('is not used up by a request that was refused', async () => {
    await create('refused', groups({ One: {} }))
    await settled('refused')
    const nothing = await refusalOf(update('refused', groups({ One: {} }), { ClientRequestToken: 'change' }))
    await update('refused', groups({ Two: {} }), { ClientRequestToken: 'change' })

    expect(nothing.message).to.equal('No updates are to be performed.')
    expect((await settled('refused')).StackStatus).to.equal('UPDATE_COMPLETE')
  })

  it('of a roll-back is told with its events, and answers again', async () => {
    const { StackId } = await create('back', groups({ One: {}, Bad: BROKEN }), { DisableRollback: true })
    const failed = await settled('back')
    await rollBack('back', 'back-1')
    const back = await settled('back')
    const again = await rollBack('back', 'back-1')

    expect([failed.StackStatus, back.StackStatus]).to.deep.equal(['CREATE_FAILED', 'ROLLBACK_COMPLETE'])
    expect(again.StackId).to.equal(StackId)
    expect((await events('back')).slice(0, 2).map((one) => one.ClientRequestToken)).to.deep.equal(['back-1', 'back-1'])
  })

  it('of a change set that is executed is told with its events, and answers again', async () => {
    const execute = (ClientRequestToken: string) =>
      client().send(new ExecuteChangeSetCommand({ StackName: 'executed', ChangeSetName: 'set', ClientRequestToken }))
    await client().send(
      new CreateChangeSetCommand({
        StackName: 'executed',
        ChangeSetName: 'set',
        ChangeSetType: 'CREATE',
        TemplateBody: groups({ One: {} }),
      }),
    )
    await execute('run-1')
    await settled('executed')
    await execute('run-1')
    const other = await refusalOf(execute('run-2'))

    expect(other.name).to.equal('InvalidChangeSetStatusException')
    expect((await events('executed')).map((one) => one.ClientRequestToken)).to.deep.equal([
      ...['run-1', 'run-1', 'run-1', 'run-1'],
      undefined,
    ])
  })

  it('is refused where it is none', async () => {
    const start = 'failed to satisfy constraint: Member must'
    for (const [token, broken] of [
      ['', `Value '' at 'clientRequestToken' ${start} have length greater than or equal to 1`],
      [
        '-a',
        `Value '-a' at 'clientRequestToken' ${start} satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*`,
      ],
    ]) {
      const refused = await refusalOf(create('bad', groups({ One: {} }), { ClientRequestToken: token }))

      expect(refused).to.include({ name: 'ValidationError', status: 400 })
      expect(refused.message).to.contain(broken)
    }
    const long = await refusalOf(remove('nobody', 'a'.repeat(129)))

    expect(long.message).to.contain(`at 'clientRequestToken' ${start} have length less than or equal to 128`)
  })
})

describe('CreateChangeSet with a name that is there', function () {
  this.timeout(30_000)
  const t = withCloud()
  const { client } = operations(t)
  const review = (more: Partial<CreateChangeSetCommandInput> = {}) =>
    client().send(
      new CreateChangeSetCommand({
        StackName: 'reviewed',
        ChangeSetName: 'set',
        ChangeSetType: 'CREATE',
        TemplateBody: groups({ One: {} }, { Parameters: { P: { Type: 'String', Default: 'a' } } }),
        ClientToken: 'make-1',
        ...more,
      }),
    )

  it('answers again with the change set that the same request has made', async () => {
    const first = await review()
    const second = await review()
    const { Summaries = [] } = await client().send(new ListChangeSetsCommand({ StackName: 'reviewed' }))

    expect(first.Id).to.match(/:changeSet\/set\//)
    expect([second.Id, second.StackId]).to.deep.equal([first.Id, first.StackId])
    expect(Summaries).to.have.length(1)
  })

  for (const [attribute, more] of [
    ['ClientToken', { ClientToken: 'make-2' }],
    ['ClientToken', { ClientToken: undefined }],
    ['Template', { TemplateBody: groups({ Two: {} }) }],
    ['Parameters', { Parameters: [{ ParameterKey: 'P', ParameterValue: 'b' }] }],
    ['Capabilities', { Capabilities: ['CAPABILITY_IAM'] }],
    ['Tags', { Tags: [{ Key: 'a', Value: 'b' }] }],
    ['Description', { Description: 'another one' }],
  ] as [string, Partial<CreateChangeSetCommandInput>][])
    it(`refuses ${Object.values(more).every((one) => one === undefined) ? 'none where there was a' : 'another'} ${attribute}`, async () => {
      await review()

      expect(await refusalOf(review(more))).to.deep.equal({
        name: 'AlreadyExistsException',
        status: 400,
        message: `ChangeSet set cannot be created due to a mismatch with existing attribute ${attribute}`,
      })
    })

  it('refuses a ClientToken that is too long', async () => {
    const refused = await refusalOf(review({ ClientToken: 'a'.repeat(129) }))

    expect(refused).to.include({ name: 'ValidationError', status: 400 })
    expect(refused.message).to.contain(
      "at 'clientToken' failed to satisfy constraint: Member must have length less than or equal to 128",
    )
  })
})
