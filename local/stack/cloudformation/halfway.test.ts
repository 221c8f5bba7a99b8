import { expect } from 'chai'
import { operationsOn, refused, StackName, withRig } from '../../../tests/rig.ts'
import { ServiceError } from '../../base/errors.ts'
import { expectThere, templateOf, type Wanted } from '../fixtures/wanted.ts'
import type { Rig } from '../testing.ts'

const before: Wanted = { One: { Size: 1 }, Two: { Size: 1, Peer: '@One' } }
const after: Wanted = { One: { Size: 2 }, Two: { Size: 2, Peer: '@One' } }

/** Stops at a call until it is let go. */
const gate = (rig: Rig, at: string) => {
  let go = () => {}
  const reached = new Promise<void>((resolve) => {
    rig.hook.before = (call) => {
      if (!call.startsWith(at)) return undefined
      resolve()
      return new Promise<void>((open) => {
        go = open
      })
    }
  })
  const open = () => {
    rig.hook.before = () => {}
    go()
  }
  return { reached, open }
}

describe('what is done with a stack of CloudFormation halfway', () => {
  const rig = withRig()
  const { create, update, settled, events } = operationsOn(rig)

  const reasonOf = async (status: string) =>
    (await events()).find((one) => one.LogicalResourceId === StackName && one.ResourceStatus === status)
      ?.ResourceStatusReason

  it('CancelUpdateStack: nothing more is begun, and it goes back', async () => {
    await create(before)
    const { reached, open } = gate(rig, 'update A One')
    const updated = update(after)
    await reached
    await rig.run('CancelUpdateStack', { StackName, ClientRequestToken: 'cancel' })
    open()
    await updated

    expect(await settled()).to.equal('UPDATE_ROLLBACK_COMPLETE')
    expect(await reasonOf('UPDATE_ROLLBACK_IN_PROGRESS')).to.equal('User Initiated')
    expect(rig.calls).to.not.include('update A Two Size')
    expectThere(rig, before)
    expect(await rig.run('CancelUpdateStack', { StackName, ClientRequestToken: 'cancel' })).to.deep.equal({})
  })

  it('CancelUpdateStack is for updates that run', async () => {
    await create(before)

    const error = await refused(rig.run('CancelUpdateStack', { StackName }))

    expect(error).to.include({ code: 'ValidationError' })
    expect(error.message).to.equal('CancelUpdateStack cannot be called from current stack status')
  })

  it('ContinueUpdateRollback: goes on where going back has failed, or without what cannot go back', async () => {
    await create(before)
    let broken = true
    rig.hook.before = (call, { Size }) => {
      if (call.startsWith('update A Two') && (Size === 2 || broken)) throw new ServiceError('Broken', 'it is broken')
      if (call.startsWith('update A One') && Size === 1 && broken) throw new ServiceError('Stuck', 'it is stuck')
    }
    const first = await update(after)
    const again = await refused(update(before))
    await rig.run('ContinueUpdateRollback', { StackName })
    const second = await settled()
    const wrong = await refused(rig.run('ContinueUpdateRollback', { StackName, ResourcesToSkip: ['Three'] }))
    broken = false
    await rig.run('ContinueUpdateRollback', { StackName, ClientRequestToken: 'go-on' })

    expect(first).to.equal('UPDATE_ROLLBACK_FAILED')
    expect(again.message).to.contain('is in UPDATE_ROLLBACK_FAILED state and can not be updated.')
    expect(second).to.equal('UPDATE_ROLLBACK_FAILED')
    expect(wrong.message).to.equal(
      'Resources to skip [Three] do not belong to stack local or are not in UPDATE_FAILED status.',
    )
    expect(await settled()).to.equal('UPDATE_ROLLBACK_COMPLETE')
    expectThere(rig, before)
    expect(await rig.run('ContinueUpdateRollback', { StackName, ClientRequestToken: 'go-on' })).to.deep.equal({})
    expect(await settled()).to.equal('UPDATE_ROLLBACK_COMPLETE')
  })

  it('ContinueUpdateRollback leaves what it is to skip as it is', async () => {
    await create(before)
    rig.hook.before = (call, { Size }) => {
      if (call.startsWith('update A Two')) throw new ServiceError('Broken', 'it is broken')
      if (call.startsWith('update A One') && Size === 1) throw new ServiceError('Stuck', 'it is stuck')
    }
    const first = await update(after)
    const { StackResources } = (await rig.run('DescribeStackResources', { StackName })) as {
      StackResources: { LogicalResourceId: string; ResourceStatus: string }[]
    }
    const failed = StackResources.filter(({ ResourceStatus: status }) => status === 'UPDATE_FAILED')
    await rig.run('ContinueUpdateRollback', {
      StackName,
      ResourcesToSkip: failed.map(({ LogicalResourceId: id }) => id),
    })

    expect(first).to.equal('UPDATE_ROLLBACK_FAILED')
    expect(await settled()).to.equal('UPDATE_ROLLBACK_COMPLETE')
    expect(rig.things.get(rig.stacks.describe(StackName)?.resources[0]?.physicalId ?? '')).to.include({ Size: 2 })
  })

  it('TimeoutInMinutes: a creation that takes longer goes back', async () => {
    const { reached, open } = gate(rig, 'create A One')
    const created = create(before, { TimeoutInMinutes: 5 })
    await reached
    rig.clock.advance(5 * 60_000 + 1)
    open()
    await created

    expect(await settled()).to.equal('ROLLBACK_COMPLETE')
    expect(await reasonOf('ROLLBACK_IN_PROGRESS')).to.contain('The following resource(s) failed to create: [Two].')
    expectThere(rig, {})
  })

  it('TimeoutInMinutes: one that is done in time stays', async () => {
    const { reached, open } = gate(rig, 'create A One')
    const created = create(before, { TimeoutInMinutes: 5 })
    await reached
    rig.clock.advance(4 * 60_000)
    open()
    await created

    expect(await settled()).to.equal('CREATE_COMPLETE')
  })

  it('refuses what the local cloud leaves out, and times that are none', async () => {
    const topic = await refused(create(before, { NotificationARNs: ['arn:aws:sns:us-east-1:123456789012:told'] }))
    const changeSet = await refused(
      rig.run('CreateChangeSet', {
        StackName,
        ChangeSetName: 'one',
        ChangeSetType: 'CREATE',
        TemplateBody: templateOf(before),
        NotificationARNs: ['arn:aws:sns:us-east-1:123456789012:told'],
      }),
    )
    const time = await refused(create(before, { TimeoutInMinutes: 0 }))

    for (const one of [topic, changeSet]) {
      expect(one).to.include({ code: 'ValidationError' })
      expect(one.message).to.equal('NotificationARNs are not part of the local cloud.')
    }
    expect(time.message).to.contain("Value '0' at 'timeoutInMinutes' failed to satisfy constraint")
    expect(rig.things.size).to.equal(0)
  })
})
