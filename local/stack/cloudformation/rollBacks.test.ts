import { expect } from 'chai'
import { operationsOn, refused, StackName, withRig } from '../../../tests/rig.ts'
import { ServiceError } from '../../base/errors.ts'
import { expectThere, templateOf, type Wanted } from '../fixtures/wanted.ts'

const before: Wanted = { One: { Size: 1 }, Two: { Size: 1, Peer: '@One' } }
const after: Wanted = { One: { Size: 2 }, Two: { Size: 2, Peer: '@One' }, Three: { Size: 2 } }

/** The template with a DeletionPolicy for each resource. */
const retained = (wanted: Wanted): string => {
  const template = JSON.parse(templateOf(wanted)) as { Resources: Record<string, object> }
  return JSON.stringify({
    Resources: Object.fromEntries(
      Object.entries(template.Resources).map(([id, one]) => [id, { ...one, DeletionPolicy: 'Retain' }]),
    ),
  })
}

describe('RollbackStack', () => {
  const rig = withRig()
  const { create, update, rollBack, settled, events } = operationsOn(rig)

  const fails = (start: string, size = 2) => {
    rig.hook.before = (call, { Size }) => {
      if (call.startsWith(start) && Size === size) throw new ServiceError('Broken', 'it is broken')
    }
  }
  it('brings an update that has failed back to what was', async () => {
    await create(before)
    fails('update A Two')
    const failed = await update(after, { DisableRollback: true })
    const answer = await rig.run('RollbackStack', { StackName, ClientRequestToken: 'back-1' })
    const status = await settled()

    expect(failed).to.equal('UPDATE_FAILED')
    expect(status).to.equal('UPDATE_ROLLBACK_COMPLETE')
    expect(answer).to.deep.equal({ StackId: rig.stacks.describe(StackName)?.id })
    expectThere(rig, before)
    const told = (await events()).filter(({ LogicalResourceId: id }) => id === StackName)
    expect(told.map(({ ResourceStatus: one }) => one)).to.deep.equal([
      ...['CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_FAILED'],
      ...['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'],
    ])
    expect(told.slice(-2).map(({ ClientRequestToken: token }) => token)).to.deep.equal(['back-1', 'back-1'])
    rig.hook.before = () => {}
    expect(await update(after)).to.equal('UPDATE_COMPLETE')
    expectThere(rig, after)
  })

  it('a resource whose change has failed is what it was, and still counts as failed; the rest is what it is to be', async () => {
    await create(before)
    fails('updated A Two')
    const failed = await update(after, { DisableRollback: true })
    const { resources = [] } = rig.stacks.describe(StackName) ?? {}
    const sizes = resources.map(({ logicalId, physicalId, status }) => [
      logicalId,
      rig.things.get(physicalId)?.Size,
      status,
    ])
    rig.hook.before = () => {}
    const again = await update(after)

    expect(failed).to.equal('UPDATE_FAILED')
    expect(sizes).to.deep.equal([
      ['One', 2, 'UPDATE_COMPLETE'],
      ['Two', 1, 'UPDATE_FAILED'],
      ['Three', 2, 'CREATE_COMPLETE'],
    ])
    expect(again).to.equal('UPDATE_COMPLETE')
    expectThere(rig, after)
  })

  it('leaves nothing of a creation that has failed', async () => {
    fails('create A Two', 1)
    const failed = await create(before, { DisableRollback: true })
    const things = rig.things.size
    const status = await rollBack()

    expect([failed, things]).to.deep.equal(['CREATE_FAILED', 1])
    expect(status).to.equal('ROLLBACK_COMPLETE')
    expectThere(rig, {})
    expect((await refused(update(before))).message).to.contain('is in ROLLBACK_COMPLETE state and can not be updated.')
  })

  it('goes back to nothing where the stack was never complete, however often it was tried again', async () => {
    fails('create A Two', 1)
    await create(before, { DisableRollback: true })
    fails('create A Three')
    const failed = await update(after, { DisableRollback: true })
    const status = await rollBack()

    expect(failed).to.equal('UPDATE_FAILED')
    expect(status).to.equal('ROLLBACK_COMPLETE')
    expectThere(rig, {})
  })

  it('fails as going back does, and is continued from there', async () => {
    await create(before)
    let broken = true
    rig.hook.before = (call, { Size }) => {
      if (call.startsWith('update A Two') && Size === 2) throw new ServiceError('Broken', 'it is broken')
      if (call.startsWith('update A One') && Size === 1 && broken) throw new ServiceError('Stuck', 'it is stuck')
    }
    await update(after, { DisableRollback: true })
    const status = await rollBack()
    broken = false
    await rig.run('ContinueUpdateRollback', { StackName })

    expect(status).to.equal('UPDATE_ROLLBACK_FAILED')
    expect(await settled()).to.equal('UPDATE_ROLLBACK_COMPLETE')
    expectThere(rig, before)
  })

  it('keeps what is new and to be retained, unless RetainExceptOnCreate says otherwise', async () => {
    for (const [RetainExceptOnCreate, left] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const TemplateBody = retained(before)
      fails('create A Two', 1)
      await rig.run('CreateStack', { StackName, TemplateBody, DisableRollback: true })
      const failed = await settled()
      const status = await rollBack({ RetainExceptOnCreate })
      const { size } = rig.things
      await rig.run('DeleteStack', { StackName })
      for (const name of [...rig.things.keys()]) rig.things.delete(name)

      expect([failed, status, size]).to.deep.equal(['CREATE_FAILED', 'ROLLBACK_COMPLETE', left])
    }
  })

  it('CreateStack and ExecuteChangeSet take RetainExceptOnCreate and the configuration of a deployment', async () => {
    fails('create A Two', 1)
    await rig.run('CreateStack', { StackName, TemplateBody: retained(before), RetainExceptOnCreate: true })
    const created = await settled()
    const { size } = rig.things
    await rig.run('DeleteStack', { StackName })
    const set = { StackName, ChangeSetName: 'one' }
    await rig.run('CreateChangeSet', {
      ...set,
      ChangeSetType: 'CREATE',
      TemplateBody: templateOf(before),
      DeploymentConfig: { Mode: 'EXPRESS', DisableRollback: true },
    })
    const described = (await rig.run('DescribeChangeSet', set)) as { DeploymentConfig?: unknown }
    await rig.run('ExecuteChangeSet', set)

    expect([created, size]).to.deep.equal(['ROLLBACK_COMPLETE', 0])
    expect(described.DeploymentConfig).to.deep.equal({ Mode: 'EXPRESS', DisableRollback: true })
    expect(await settled()).to.equal('CREATE_FAILED')
  })

  it('is for stacks that have failed and stayed so', async () => {
    await create(before)

    const error = await refused(rig.run('RollbackStack', { StackName }))
    const nobody = await refused(rig.run('RollbackStack', { StackName: 'nobody' }))

    expect(error).to.include({ code: 'ValidationError' })
    expect(error.message).to.match(/^Stack:arn:\S+ is in CREATE_COMPLETE state and can not be rolled back\.$/)
    expect(nobody.message).to.equal('Stack [nobody] does not exist')
  })

  it('OnFailure DO_NOTHING leaves a stack that can be rolled back and deleted, but not updated', async () => {
    fails('create A Two', 1)
    const failed = await create(before, { OnFailure: 'DO_NOTHING' })
    const error = await refused(update(after))
    const status = await rollBack()

    expect(failed).to.equal('CREATE_FAILED')
    expect(error.message).to.equal(
      'This stack cannot be updated from [CREATE_FAILED] state because it contains [on-failure: DO_NOTHING]. Please use disable-rollback option instead during stack creation.',
    )
    expect(status).to.equal('ROLLBACK_COMPLETE')
  })
})
