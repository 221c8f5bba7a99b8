// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of Fn::Sub
import { rmSync } from 'node:fs'
import { expect } from 'chai'
import { ServiceError } from '../base/errors.ts'
import { openRig, type Rig } from './testing.ts'

const A = (id: string, properties = '', attributes = '') =>
  `  ${id}: {Type: Fake::A${attributes && `, ${attributes}`}, Properties: {${properties}}}`
const template = (...lines: string[]) => ['Resources:', ...lines].join('\n')

/** Makes the fake service refuse one call. */
const refuse = (rig: Rig, refused: string, code = 'Denied') => {
  rig.hook.before = (call) => {
    if (call === refused) throw new ServiceError(code, `${refused} is refused.`)
  }
}
const names = (rig: Rig) => [...rig.things.keys()].sort()

describe('createStacks', () => {
  let rig: Rig
  beforeEach(() => {
    rig = openRig()
  })
  afterEach(() => {
    rig.close()
    rmSync(rig.folder, { recursive: true })
  })

  describe('create', () => {
    it('creates in the order of dependencies, and resolves what refers to what', async () => {
      const stack = await rig.deploy(
        template(
          A('Second', 'Peer: !Ref First, Peers: [!GetAtt First.Arn, !GetAtt First.Nested.Size]'),
          '  First: {Type: Fake::B, Properties: {Size: 3}}',
          A('Third', 'Peer: !Sub "${Second}/${AWS::StackName}/${AWS::Region}/${AWS::AccountId}/${AWS::URLSuffix}"'),
          'Outputs:',
          '  Url: {Value: !Ref First, Description: where it is}',
          '  Size: {Value: !GetAtt First.Nested.Size}',
        ),
      )

      expect(rig.calls).to.deep.equal(['create B First', 'create A Second', 'create A Third'])
      expect(rig.things.get('Second')).to.deep.equal({
        Peer: 'https://b/First',
        Peers: ['arn:aws:things:::B/First', 3],
      })
      expect(rig.things.get('Third')).to.deep.equal({ Peer: 'Second/local/us-east-1/123456789012/amazonaws.com' })
      expect(stack).to.deep.include({
        name: 'local',
        status: 'CREATE_COMPLETE',
        outputs: { Url: { value: 'https://b/First', description: 'where it is' }, Size: { value: '3' } },
      })
      expect(stack.id).to.match(/^arn:aws:cloudformation:us-east-1:123456789012:stack\/local\/[0-9a-f-]{36}$/)
      expect(
        stack.resources.map(({ logicalId, physicalId, type, status }) => [logicalId, physicalId, type, status]),
      ).to.deep.equal([
        ['First', 'First', 'Fake::B', 'CREATE_COMPLETE'],
        ['Second', 'Second', 'Fake::A', 'CREATE_COMPLETE'],
        ['Third', 'Third', 'Fake::A', 'CREATE_COMPLETE'],
      ])
      expect(rig.stacks.describe('local')).to.deep.equal(stack)
      expect(rig.stacks.list()).to.deep.equal([stack])
    })

    it('tells every step', async () => {
      const heard: string[] = []

      await rig.deploy(template(A('One')), {
        onEvent: ({ logicalId, type, status, reason }) =>
          heard.push([logicalId, type, status, ...(reason ? [reason] : [])].join(' ')),
      })

      expect(heard).to.deep.equal([
        'local AWS::CloudFormation::Stack CREATE_IN_PROGRESS User Initiated',
        'One Fake::A CREATE_IN_PROGRESS',
        'One Fake::A CREATE_COMPLETE',
        'local AWS::CloudFormation::Stack CREATE_COMPLETE',
      ])
    })

    it('makes what does not depend on each other at the same time, eight at a time', async () => {
      let running = 0
      let most = 0
      rig.hook.before = async (call) => {
        if (!call.startsWith('create')) return
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
      }

      await rig.deploy(template(...Array.from({ length: 20 }, (_, i) => A(`R${i}`))))

      expect(most).to.equal(8)
    })

    it('gives other stacks than local names of their own', async () => {
      const stack = await rig.deploy(template(A('One'), A('Named', 'Name: mine')), { name: 'other' })

      expect(stack.resources.map(({ physicalId }) => physicalId).sort()[0]).to.equal('mine')
      expect(stack.resources.find(({ logicalId }) => logicalId === 'One')?.physicalId).to.match(
        /^other-One-[A-Z0-9]{12}$/,
      )
    })

    it('keeps the stacks of regions apart', async () => {
      await rig.deploy(template(A('One', 'Peer: !Ref AWS::Region')), { name: 'app' })
      const other = await rig.deploy(template(A('One', 'Peer: !Sub "${AWS::Partition} ${AWS::URLSuffix}"')), {
        name: 'app',
        region: 'cn-north-1',
      })

      expect(other.id).to.match(/^arn:aws-cn:cloudformation:cn-north-1:/)
      expect([...rig.things.values()]).to.deep.equal([{ Peer: 'us-east-1' }, { Peer: 'aws-cn amazonaws.com.cn' }])
      expect(rig.stacks.describe('app', 'cn-north-1')?.id).to.equal(other.id)
      expect(rig.stacks.list()).to.have.length(2)
    })

    it('may have nothing but conditions that are false', async () => {
      const stack = await rig.deploy(
        `Conditions: {Never: !Equals [a, b]}\n${template(A('One', '', 'Condition: Never'))}`,
      )

      expect(stack).to.deep.include({ status: 'CREATE_COMPLETE', resources: [] })
    })

    it('rolls back when a resource fails, with its reason and line', async () => {
      refuse(rig, 'create A Third')

      const heard: string[] = []
      const failing = rig.deploy(
        template(A('First'), A('Second', 'Peer: !Ref First'), A('Third', 'Peer: !Ref Second')),
        {
          onEvent: ({ logicalId, status }) => heard.push(`${logicalId} ${status}`),
        },
      )

      await expectMistake(
        failing,
        'template.yaml:4, Resources.Third: Third (Fake::A) could not be created: create A Third is refused. (Denied)\nThe stack is as it was before.',
      )
      expect(names(rig)).to.deep.equal([])
      expect(rig.calls.slice(3)).to.deep.equal(['delete A Second', 'delete A First'])
      expect(heard.slice(-7)).to.deep.equal([
        'Third CREATE_FAILED',
        'local ROLLBACK_IN_PROGRESS',
        'Second DELETE_IN_PROGRESS',
        'Second DELETE_COMPLETE',
        'First DELETE_IN_PROGRESS',
        'First DELETE_COMPLETE',
        'local ROLLBACK_COMPLETE',
      ])
      expect(rig.stacks.describe('local')).to.deep.include({ status: 'ROLLBACK_COMPLETE', resources: [] })
    })

    it('begins anew after a roll-back', async () => {
      refuse(rig, 'create A One')
      await rig.deploy(template(A('One'))).catch(() => {})
      rig.hook.before = () => {}
      const before = rig.stacks.describe('local')?.id

      const stack = await rig.deploy(template(A('One')))

      expect(stack.status).to.equal('CREATE_COMPLETE')
      expect(stack.id).not.to.equal(before)
      expect(rig.stacks.list()).to.have.length(1)
    })

    it('removes what a creation had made before it failed', async () => {
      refuse(rig, 'created A One')

      await expectMistake(rig.deploy(template(A('One'))), 'created A One is refused. (Denied)')

      expect(names(rig)).to.deep.equal([])
    })

    it('leaves alone what somebody else made under the same name', async () => {
      await rig.deploy(template(A('One', 'Name: shared, Size: 1')), { name: 'theirs' })

      await expectMistake(rig.deploy(template(A('Mine', 'Name: shared'))), 'shared already exists. (AlreadyExists)')

      expect(rig.things.get('shared')).to.deep.equal({ Name: 'shared', Size: 1 })
      expect(rig.calls.filter((call) => call.startsWith('delete'))).to.deep.equal([])
    })

    it('leaves alone what another stack has, even when a kill hid that it does', async () => {
      await rig.deploy(template(A('One', 'Name: shared, Size: 1')), { name: 'theirs' })
      rig.hook.before = (call) => (call === 'create A shared' ? new Promise<void>(() => {}) : undefined)
      void rig.deploy(template(A('Mine', 'Name: shared')))
      await new Promise((resolve) => setImmediate(resolve))
      rig.close()
      rig = openRig(rig.folder)

      await expectMistake(rig.deploy(template(A('Mine', 'Name: shared'))), 'shared already exists. (AlreadyExists)')

      expect(rig.things.get('shared')).to.deep.equal({ Name: 'shared', Size: 1 })
    })

    it('names all that fail', async () => {
      rig.hook.before = async (call) => {
        if (!call.startsWith('create')) return
        await new Promise((resolve) => setImmediate(resolve))
        throw new ServiceError('Denied', `no ${call}.`)
      }

      await expectMistake(
        rig.deploy(template(A('One'), A('Two'))),
        'template.yaml:2, Resources.One: One (Fake::A) could not be created: no create A One. (Denied)\ntemplate.yaml:3, Resources.Two: Two (Fake::A) could not be created: no create A Two. (Denied)\nThe stack is as it was before.',
      )
    })

    it('names the line of an attribute that a resource does not have', async () => {
      await expectMistake(
        rig.deploy(template(A('One'), A('Two', '\n    Peer: !GetAtt One.Colour'))),
        'template.yaml:4, Resources.Two.Properties.Peer.Fn::GetAtt: Template error: resource One does not support attribute type Colour in Fn::GetAtt.',
      )
      expect(names(rig)).to.deep.equal([])
    })

    it('rolls back when an output cannot be resolved', async () => {
      await expectMistake(
        rig.deploy(template(A('One'), 'Outputs:', '  List: {Value: !GetAtt One.List}')),
        'template.yaml:4, Outputs.List.Value: Template format error: The Value field of output List must evaluate to a String.\nThe stack is as it was before.',
      )
      expect(names(rig)).to.deep.equal([])
      expect(rig.stacks.describe('local')?.status).to.equal('ROLLBACK_COMPLETE')
    })

    it('logs a fault of the cloud itself and tells nothing of it', async () => {
      rig.hook.before = () => {
        throw new TypeError('x is not a function')
      }

      await expectMistake(rig.deploy(template(A('One'))), 'Internal Failure; the log of the local cloud has its cause.')

      expect(rig.log[0]).to.deep.include({ level: 'error', from: 'stack' })
      expect(rig.log[0]?.cause).to.be.an.instanceOf(TypeError)
    })

    it('refuses a broken template before anything is there', async () => {
      await expectMistake(
        rig.deploy(template('  One: {Type: Fake::C}')),
        'template.yaml:2, Resources.One.Type: Template format error',
      )
      await expectMistake(
        rig.deploy(template(A('One')), { parameters: { X: '1' } }),
        'Parameters: [X] do not exist in the template.',
      )
      await expectMistake(
        rig.deploy(template(A('One')), { name: 'under_score' }),
        "Value 'under_score' at 'stackName' failed",
      )

      expect(rig.calls).to.deep.equal([])
      expect(rig.stacks.list()).to.deep.equal([])
    })

    it('refuses a second deployment while one is under way', async () => {
      const first = rig.deploy(template(A('One')))

      await expectMistake(rig.deploy(template(A('One'))), 'is in CREATE_IN_PROGRESS state and can not be updated.')
      expect((await first).status).to.equal('CREATE_COMPLETE')
    })
  })

  describe('update', () => {
    const deploy = async (...lines: string[]) => {
      rig.calls.length = 0
      return rig.deploy(template(...lines))
    }

    it('does nothing when nothing changed', async () => {
      await deploy(A('One', 'Size: 1'), A('Two', 'Peer: !Ref One'))
      const heard: unknown[] = []
      rig.calls.length = 0

      const stack = await rig.deploy(template(A('Two', 'Peer: !Ref One'), '', A('One', 'Size: 1')), {
        onEvent: (event) => heard.push(event),
      })

      expect(rig.calls).to.deep.equal([])
      expect(heard).to.deep.equal([])
      expect(stack.status).to.equal('CREATE_COMPLETE')
    })

    it('changes what differs and leaves the rest alone', async () => {
      await deploy(A('One', 'Size: 1, Tags: [a]'), A('Two'))

      const stack = await deploy(A('One', 'Size: 2, Tags: [a]'), A('Two'))

      expect(rig.calls).to.deep.equal(['update A One Size'])
      expect(rig.things.get('One')).to.deep.equal({ Size: 2, Tags: ['a'] })
      expect(stack.status).to.equal('UPDATE_COMPLETE')
      expect(stack.resources.map(({ status }) => status)).to.deep.equal(['UPDATE_COMPLETE', 'CREATE_COMPLETE'])
    })

    it('changes what depends on a changed attribute, and by changed parameters', async () => {
      const text = `Parameters: {Size: {Type: Number}}\n${template(A('One', 'Size: !Ref Size'), A('Two', 'Peer: !GetAtt One.Nested.Size'))}`
      await rig.deploy(text, { parameters: { Size: '1' } })
      rig.calls.length = 0

      const stack = await rig.deploy(text, { parameters: { Size: '2' } })

      expect(rig.calls).to.deep.equal(['update A One Size', 'update A Two Peer'])
      expect(rig.things.get('Two')).to.deep.equal({ Peer: '2' })
      expect(stack.parameters).to.deep.equal({ Size: '2' })
    })

    it('removes a property that is no longer there', async () => {
      await deploy(A('One', 'Size: 1, Tags: [a]'))

      await deploy(A('One', 'Tags: [a]'))

      expect(rig.things.get('One')).to.deep.equal({ Tags: ['a'] })
    })

    it('creates what is new and deletes what is gone, after all else', async () => {
      await deploy(A('Old'), A('Older', 'Peer: !Ref Old'), A('Kept', 'Peer: !Ref Old'))

      const stack = await deploy(A('New'), A('Kept', 'Peer: !Ref New'))

      expect(rig.calls).to.deep.equal(['create A New', 'update A Kept Peer', 'delete A Older', 'delete A Old'])
      expect(names(rig)).to.deep.equal(['Kept', 'New'])
      expect(stack.resources.map(({ logicalId }) => logicalId)).to.deep.equal(['Kept', 'New'])
    })

    it('replaces: the new one first, then those that refer to it, the old one last', async () => {
      await deploy(A('One', 'Key: a'), A('Two', 'Peer: !Ref One'))

      const heard: string[] = []
      rig.calls.length = 0
      const stack = await rig.deploy(template(A('One', 'Key: b'), A('Two', 'Peer: !Ref One')), {
        onEvent: ({ logicalId, status, reason = '' }) => heard.push(`${logicalId} ${status} ${reason}`),
      })

      const [one] = stack.resources
      expect(one?.physicalId).to.match(/^One-[A-Z0-9]{12}$/)
      expect(rig.calls).to.deep.equal([`create A ${one?.physicalId}`, 'update A Two Peer', 'delete A One'])
      expect(names(rig)).to.deep.equal([one?.physicalId, 'Two'])
      expect(rig.things.get('Two')).to.deep.equal({ Peer: one?.physicalId })
      expect(heard).to.include(
        'One UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
      )
      expect(heard).to.include('local UPDATE_COMPLETE_CLEANUP_IN_PROGRESS ')
    })

    it('gives what replaces the replacement the plain name again', async () => {
      await deploy(A('One', 'Key: a'))
      await deploy(A('One', 'Key: b'))

      const stack = await deploy(A('One', 'Key: c'))

      expect(stack.resources.map(({ physicalId }) => physicalId)).to.deep.equal(['One'])
      expect(rig.things.get('One')).to.deep.equal({ Key: 'c' })
    })

    it('replaces a named resource under a new name, and not under the same', async () => {
      await deploy(A('One', 'Name: mine, Key: a'))

      await expectMistake(
        deploy(A('One', 'Name: mine, Key: b')),
        'One (Fake::A) could not be updated: CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename mine and update the stack again.\nThe stack is as it was before.',
      )
      expect(rig.calls).to.deep.equal([])
      expect(rig.stacks.describe('local')).to.deep.include({ status: 'UPDATE_ROLLBACK_COMPLETE' })

      await deploy(A('One', 'Name: yours, Key: b'))
      expect(rig.calls).to.deep.equal(['create A yours', 'delete A mine'])
    })

    it('refuses another type for the same logical ID', async () => {
      await deploy(A('One'))

      await expectMistake(
        deploy('  One: {Type: Fake::B}'),
        'template.yaml:2, Resources.One.Type: Update of resource type is not permitted. The new template modifies resource type of the following resources: [One].',
      )
      expect(rig.calls).to.deep.equal([])
    })

    it('takes another type where a kill left a stack that was never complete', async () => {
      rig.hook.before = (call) => (call === 'create A Last' ? new Promise<void>(() => {}) : undefined)
      void rig.deploy(template(A('One'), A('Last', 'Peer: !Ref One')))
      await new Promise((resolve) => setTimeout(resolve, 20))
      rig.close()
      rig = openRig(rig.folder)

      const stack = await rig.deploy(template('  One: {Type: Fake::B}', A('Last')))

      expect(stack.status).to.equal('CREATE_COMPLETE')
      expect(rig.calls).to.deep.equal(['delete A Last', 'delete A One', 'create B One', 'create A Last'])
    })

    it('goes back to what was when something fails half-way', async () => {
      await deploy(
        A('Changed', 'Size: 1'),
        A('Replaced', 'Key: a'),
        A('Gone'),
        A('Failing', 'Size: 1, Peer: !Ref Changed'),
      )
      refuse(rig, 'update A Failing')

      await expectMistake(
        deploy(
          A('Changed', 'Size: 2'),
          A('Replaced', 'Key: b'),
          A('New', 'Peer: !Ref Changed'),
          A('Failing', 'Size: 2, Peer: !Ref Changed, Peers: [!Ref New, !Ref Replaced]'),
        ),
        'template.yaml:5, Resources.Failing: Failing (Fake::A) could not be updated: update A Failing is refused. (Denied)',
      )

      expect(names(rig)).to.deep.equal(['Changed', 'Failing', 'Gone', 'Replaced'])
      expect(rig.things.get('Changed')).to.deep.equal({ Size: 1 })
      expect(rig.things.get('Replaced')).to.deep.equal({ Key: 'a' })
      // The service refuses to set it back as well: what it is, is not known.
      expect(rig.stacks.describe('local')?.status).to.equal('UPDATE_ROLLBACK_FAILED')

      rig.hook.before = () => {}
      const stack = await deploy(
        A('Changed', 'Size: 1'),
        A('Replaced', 'Key: a'),
        A('Gone'),
        A('Failing', 'Size: 1, Peer: !Ref Changed'),
      )
      expect(rig.calls).to.deep.equal(['update A Failing Peers,Size'])
      expect(stack.status).to.equal('UPDATE_COMPLETE')
    })

    it('goes back with all that it can when something cannot go back', async () => {
      await deploy(A('One', 'Size: 1'), A('Two', 'Size: 1, Peer: !Ref One'), A('Three', 'Size: 1, Peer: !Ref Two'))
      let refusing = false
      rig.hook.before = (call) => {
        if (call === 'update A Three') refusing = true
        if (refusing && call.startsWith('update ') && call !== 'update A Two')
          throw new ServiceError('Denied', `no ${call}.`)
      }

      await expectMistake(
        deploy(A('One', 'Size: 2'), A('Two', 'Size: 2, Peer: !Ref One'), A('Three', 'Size: 2, Peer: !Ref Two')),
        'Going back failed too: One: no update A One. (Denied); Three: no update A Three. (Denied)',
      )

      expect([...rig.things.values()].map(({ Size }) => Size)).to.deep.equal([2, 1, 1])
    })

    it('takes a failed update back, too', async () => {
      await deploy(A('One', 'Size: 1'))
      rig.hook.before = (call, { Size }) => {
        if (call === 'update A One' && Size === 2) throw new ServiceError('TooBig', 'Two is too much.')
      }

      await expectMistake(deploy(A('One', 'Size: 2'), A('Two')), 'Two is too much. (TooBig)')

      expect(rig.stacks.describe('local')).to.deep.include({ status: 'UPDATE_ROLLBACK_COMPLETE' })
      expect(
        rig.stacks.describe('local')?.resources.map(({ logicalId, status }) => `${logicalId} ${status}`),
      ).to.deep.equal(['One UPDATE_COMPLETE'])
      expect(names(rig)).to.deep.equal(['One'])
    })

    it('keeps outputs and parameters of before when it rolls back', async () => {
      const before = await deploy(A('One', 'Size: 1'), 'Outputs: {Size: {Value: !GetAtt One.Nested.Size}}')
      refuse(rig, 'create A Two')

      await deploy(A('One', 'Size: 2'), A('Two', 'Peer: !Ref One'), 'Outputs: {Other: {Value: x}}').catch(() => {})

      expect(rig.stacks.describe('local')?.outputs).to.deep.equal(before.outputs)
    })

    it('leaves behind what cannot be deleted while it cleans up, and says so', async () => {
      await deploy(A('One'), A('Full'))
      refuse(rig, 'delete A Full', 'NotEmpty')

      const stack = await deploy(A('One'))

      expect(stack).to.deep.include({ status: 'UPDATE_COMPLETE' })
      expect(stack.resources.map(({ logicalId }) => logicalId)).to.deep.equal(['One'])
      expect(rig.log.map(({ level, text }) => `${level}: ${text}`)).to.deep.equal([
        'warn: Full is left behind: delete A Full is refused. (NotEmpty)',
      ])
    })

    it('keeps what its policies retain', async () => {
      await deploy(A('Removed', '', 'DeletionPolicy: Retain'), A('Replaced', 'Key: a', 'UpdateReplacePolicy: Retain'))

      await deploy(A('Replaced', 'Key: b', 'UpdateReplacePolicy: Retain'))

      expect(rig.calls.filter((call) => call.startsWith('delete'))).to.deep.equal([])
      expect(names(rig)).to.include.members(['Removed', 'Replaced'])
      expect(rig.stacks.describe('local')?.resources).to.have.length(1)
    })

    it('takes over a changed policy without touching the resource', async () => {
      await deploy(A('One'), A('Two'))

      await deploy(A('One', '', 'DeletionPolicy: Retain'), A('Two'))
      expect(rig.calls).to.deep.equal([])

      await deploy(A('Two'))
      expect(names(rig)).to.deep.equal(['One', 'Two'])
    })

    it('rolls new resources back by their policy: Retain stays, RetainExceptOnCreate goes', async () => {
      await deploy(A('One'))
      refuse(rig, 'create A Last')

      await deploy(
        A('One'),
        A('Kept', '', 'DeletionPolicy: Retain'),
        A('Dropped', '', 'DeletionPolicy: RetainExceptOnCreate'),
        A('Last', '', 'DependsOn: [Kept, Dropped]'),
      ).catch(() => {})

      expect(names(rig)).to.deep.equal(['Kept', 'One'])
    })
  })

  describe('delete', () => {
    it('deletes what depends on others first, and forgets the stack', async () => {
      await rig.deploy(template(A('One'), A('Two', 'Peer: !Ref One'), A('Three', '', 'DependsOn: Two')))
      rig.calls.length = 0

      await rig.stacks.delete('local')

      expect(rig.calls).to.deep.equal(['delete A Three', 'delete A Two', 'delete A One'])
      expect(rig.stacks.describe('local')).to.equal(undefined)
      expect(rig.stacks.list()).to.deep.equal([])
      await expectMistake(rig.stacks.delete('local'), 'Stack with id local does not exist')
    })

    it('keeps what is to be retained, and does not mind what is gone', async () => {
      await rig.deploy(
        template(
          A('Kept', '', 'DeletionPolicy: Retain'),
          A('Too', '', 'DeletionPolicy: RetainExceptOnCreate'),
          A('Gone'),
        ),
      )
      rig.things.delete('Gone')

      await rig.stacks.delete('local')

      expect(names(rig)).to.deep.equal(['Kept', 'Too'])
    })

    it('says what cannot be deleted, and tries that again the next time', async () => {
      await rig.deploy(template(A('One'), A('Full', 'Peer: !Ref One')))
      refuse(rig, 'delete A Full', 'NotEmpty')

      await expectMistake(
        rig.stacks.delete('local'),
        'The stack local could not be deleted. Full: delete A Full is refused. (NotEmpty)',
      )
      expect(rig.stacks.describe('local')).to.deep.include({ status: 'DELETE_FAILED' })
      expect(
        rig.stacks.describe('local')?.resources.map(({ logicalId, status }) => `${logicalId} ${status}`),
      ).to.deep.equal(['Full DELETE_FAILED'])

      rig.hook.before = () => {}
      await rig.stacks.delete('local')
      expect(names(rig)).to.deep.equal([])
      expect(rig.stacks.list()).to.deep.equal([])
    })
  })

  describe('exports', () => {
    const exporting = (value: string) =>
      template(
        A('One', `Size: ${value}`),
        `Outputs: {Size: {Value: ${value}, Export: {Name: !Sub "\${AWS::StackName}-size"}}}`,
      )
    const importing = template(A('Two', 'Size: !ImportValue base-size'))

    it('are found by other stacks, and neither go nor change while they are used', async () => {
      await expectMistake(rig.deploy(importing, { name: 'user' }), 'No export named base-size found.')
      await rig.deploy(exporting('1'), { name: 'base' })

      await rig.deploy(importing, { name: 'user' })

      expect([...rig.things.values()]).to.deep.include({ Size: '1' })
      await expectMistake(rig.stacks.delete('base'), 'Export base-size cannot be deleted as it is in use by user.')
      await expectMistake(
        rig.deploy(exporting('2'), { name: 'base' }),
        'Export base-size cannot be updated as it is in use by user.',
      )
      await expectMistake(
        rig.deploy(template(A('One')), { name: 'base' }),
        'Export base-size cannot be deleted as it is in use by user.',
      )
      expect(rig.stacks.describe('base')?.status).to.equal('UPDATE_ROLLBACK_COMPLETE')
      await rig.stacks.delete('user')
      await rig.stacks.delete('base')
      expect(names(rig)).to.deep.equal([])
    })

    it('have one owner', async () => {
      const text = template(A('One'), 'Outputs: {O: {Value: x, Export: {Name: shared}}}')
      await rig.deploy(text, { name: 'base' })

      await expectMistake(
        rig.deploy(text, { name: 'other' }),
        'template.yaml:3, Outputs.O.Export: Export with name shared is already exported by stack base.',
      )
    })
  })

  it('shows no secret', async () => {
    const stack = await rig.deploy(
      `Parameters: {Secret: {Type: String, NoEcho: true}}\n${template(A('One', 'Peer: !Ref Secret'))}`,
      { parameters: { Secret: 'hidden' } },
    )

    expect(rig.things.get('One')).to.deep.equal({ Peer: 'hidden' })
    expect(JSON.stringify(stack)).not.to.contain('hidden')
    expect(stack.parameters).to.deep.equal({ Secret: '****' })
  })
})

const expectMistake = async (promise: Promise<unknown>, message: string) => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error, 'nothing was thrown').to.be.an.instanceOf(Error)
  expect((error as Error).message).to.contain(message)
  expect((error as Error).name).to.equal('Mistake')
}
