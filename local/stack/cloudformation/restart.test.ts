import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { settled } from '../../../tests/rig.ts'
import { ServiceError } from '../../base/errors.ts'
import { expectThere, templateOf, type Wanted } from '../fixtures/wanted.ts'
import { openRig } from '../testing.ts'

const first: Wanted = {
  Base: { Size: 1 },
  Changed: { Size: 1, Peer: '@Base' },
  Replaced: { Key: 'a' },
  Gone: { Peer: '@Base' },
}
const second: Wanted = {
  Base: { Size: 2 },
  Changed: { Size: 2, Peer: '@Replaced' },
  Replaced: { Key: 'b', Peer: '@New' },
  New: { Peer: '@Base' },
}
/** What no service makes. */
const impossible: Wanted = { ...second, Impossible: { Name: 'impossible', Peer: '@Changed' } }

const refuse = (call: string) => {
  if (call === 'create A impossible') throw new ServiceError('Denied', 'impossible')
}

describe('an operation of CloudFormation that a kill cuts short', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  const create = (wanted: Wanted) => ['CreateStack', { StackName: 'local', TemplateBody: templateOf(wanted) }] as const
  const update = (wanted: Wanted) => ['UpdateStack', { StackName: 'local', TemplateBody: templateOf(wanted) }] as const
  const scenarios: [string, Wanted | undefined, readonly [string, object], string, Wanted][] = [
    ['a creation', undefined, create(first), 'CREATE_COMPLETE', first],
    ['a creation that fails', undefined, create(impossible), 'ROLLBACK_COMPLETE', {}],
    ['an update', first, update(second), 'UPDATE_COMPLETE', second],
    ['an update that fails', first, update(impossible), 'UPDATE_ROLLBACK_COMPLETE', first],
    ['a deletion', first, ['DeleteStack', { StackName: 'local' }], 'DELETE_COMPLETE', {}],
  ]
  for (const [what, there, [operation, input], status, wanted] of scenarios)
    it(`goes on after the restart, whatever step it was at: ${what}`, async () => {
      let cut = true
      for (let at = 0; cut; at++) {
        const folder = mkdtempSync(join(tmpdir(), 'cloudformation-'))
        folders.push(folder)
        const one = openRig(folder)
        one.stacks.worker.start()
        if (there) {
          await one.run(...create(there))
          await settled(one, 'local')
        }
        const id = one.stacks.describe('local')?.id
        let count = 0
        const reached = new Promise<boolean>((resolve) => {
          one.hook.before = (call) => {
            refuse(call)
            return count++ === at ? new Promise<void>(() => resolve(true)) : undefined
          }
        })
        const ended = one.run(operation, input).then((output) => (output as { StackId?: string }).StackId ?? id ?? '')
        cut = await Promise.race([reached, ended.then((stack) => settled(one, stack).then(() => false))])
        const stackId = one.stacks.describe('local')?.id ?? id ?? ''
        one.close()
        const two = openRig(folder)
        two.hook.before = refuse
        two.stacks.worker.start()

        expect(await settled(two, stackId), `after a cut at call ${at}`).to.equal(status)
        expectThere(two, wanted)
        two.close()
      }
    })
})
