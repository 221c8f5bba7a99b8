import { rmSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import type { ServiceError } from '../local/base/errors.ts'
import { templateOf, type Wanted } from '../local/stack/fixtures/wanted.ts'
import { openRig, type Rig } from '../local/stack/testing.ts'
import { shared } from './shared.ts'

/** Stacks over fake services, other ones for each test of a `describe` block, whose operations are worked off. */
export const withRig = (): Rig =>
  shared(
    'the rig',
    () => {
      const rig = openRig()
      rig.stacks.worker.start()
      return rig
    },
    (rig) => {
      rig.close()
      rmSync(rig.folder, { recursive: true, force: true })
    },
    'each test',
  )

/** The status of a stack, of a name or an ARN, once nothing is in progress. */
export const settled = async (rig: Rig, StackName: string): Promise<string> => {
  for (;;) {
    const { Stacks } = (await rig.run('DescribeStacks', { StackName })) as { Stacks: { StackStatus: string }[] }
    const [{ StackStatus = '' } = {}] = Stacks
    if (!StackStatus.endsWith('_IN_PROGRESS')) return StackStatus
    await setImmediate()
  }
}

/** The name of the stack of the tests, whose physical names are its logical IDs. */
export const StackName = 'local'

export interface Told {
  LogicalResourceId: string
  ResourceStatus: string
  ResourceStatusReason?: string
  ClientRequestToken?: string
}

/** The operations on the stack of a rig, in the words of the tests; each gives the status that it leads to. */
export const operationsOn = (rig: Rig) => {
  const run = async (operation: string, input: object): Promise<string> => {
    await rig.run(operation, { StackName, ...input })
    return settled(rig, StackName)
  }
  return {
    settled: () => settled(rig, StackName),
    create: (wanted: Wanted, more: object = {}) => run('CreateStack', { TemplateBody: templateOf(wanted), ...more }),
    update: (wanted: Wanted, more: object = {}) => run('UpdateStack', { TemplateBody: templateOf(wanted), ...more }),
    rollBack: (more: object = {}) => run('RollbackStack', more),
    /** Oldest first. */
    async events(): Promise<Told[]> {
      const { StackEvents } = (await rig.run('DescribeStackEvents', { StackName })) as { StackEvents: Told[] }
      return StackEvents.reverse()
    },
  }
}

/** The refusal of what must be refused. */
export const refused = (call: Promise<unknown>): Promise<ServiceError> =>
  call.then(
    () => expect.fail('it was not refused'),
    (error) => error,
  )
