import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { expectThere, templateOf, type Wanted } from './fixtures/wanted.ts'
import { openRig, type Rig } from './testing.ts'

const first: Wanted = {
  Base: { Size: 1 },
  Changed: { Size: 1, Tags: ['a'], Peer: '@Base' },
  Replaced: { Key: 'a' },
  Named: { Name: 'first', Peer: '@Replaced' },
  Gone: { Peer: '@Base' },
  GoneToo: { Peer: '@Gone' },
}
const second: Wanted = {
  Base: { Size: 2 },
  Changed: { Size: 2, Peer: '@Replaced', Settings: { deep: [1] } },
  Replaced: { Key: 'b', Peer: '@New' },
  Named: { Name: 'second', Peer: '@Replaced' },
  New: { Peer: '@Base' },
}
const third: Wanted = {
  Base: { Size: 3 },
  Changed: { Size: 1, Peer: '@Replaced', Tags: ['b'] },
  Replaced: { Key: 'c' },
  Named: { Name: 'third' },
}

/** Deploys until the call number `at` is reached; there it stands still, as if the process had been killed. */
const cutShort = async (rig: Rig, wanted: Wanted, at: number): Promise<boolean> => {
  let count = 0
  const reached = new Promise<'cut'>((resolve) => {
    rig.hook.before = () => (count++ === at ? new Promise<void>(() => resolve('cut')) : undefined)
  })
  const ended = rig.deploy(templateOf(wanted)).then(() => 'ended')
  return (await Promise.race([reached, ended])) === 'cut'
}

describe('a deployment that is cut short', () => {
  const folders: string[] = []
  const newFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), 'stacks-'))
    folders.push(folder)
    return folder
  }
  afterEach(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  const scenarios: [string, Wanted | undefined, Wanted, Wanted][] = [
    ['creation, then the same again', undefined, first, first],
    ['creation, then something else', undefined, first, second],
    ['update, then the same again', first, second, second],
    ['update, then back', first, second, first],
    ['update, then something else', first, second, third],
  ]
  for (const [what, there, wanted, next] of scenarios)
    it(`at any step is continued or mended: ${what}`, async () => {
      let cut = true
      let at = 0
      for (; cut; at++) {
        const folder = newFolder()
        const one = openRig(folder)
        if (there) await one.deploy(templateOf(there))
        cut = await cutShort(one, wanted, at)
        one.close()
        const two = openRig(folder)

        await two.deploy(templateOf(next)).catch((error: Error) => {
          error.message = `after a cut at call ${at}: ${error.message}`
          throw error
        })

        expectThere(two, next)
        two.close()
      }
      expect(at).to.be.greaterThan(10)
    })

  it('at any step of a deletion is finished by the next', async () => {
    let cut = true
    for (let at = 0; cut; at++) {
      const folder = newFolder()
      const one = openRig(folder)
      await one.deploy(templateOf(first))
      let count = 0
      const reached = new Promise<'cut'>((resolve) => {
        one.hook.before = () => (count++ === at ? new Promise<void>(() => resolve('cut')) : undefined)
      })
      cut = (await Promise.race([reached, one.stacks.delete('local')])) === 'cut'
      one.close()
      const two = openRig(folder)

      await two.deploy(templateOf(second))

      expectThere(two, second)
      two.close()
    }
  })

  it('twice at any two steps is mended as well', async () => {
    for (let at = 0; at < 24; at += 3) {
      const folder = newFolder()
      const one = openRig(folder)
      await one.deploy(templateOf(first))
      await cutShort(one, second, at)
      one.close()
      const two = openRig(folder)
      await cutShort(two, third, (at * 7) % 11)
      two.close()
      const three = openRig(folder)

      await three.deploy(templateOf(second))

      expectThere(three, second)
      three.close()
    }
  })

  it('by a kill -9 at any moment leaves a state that the next deployment mends', async () => {
    const folder = newFolder()
    const files = [first, second, third].map((wanted, i) => {
      const file = join(folder, `template${i}.json`)
      writeFileSync(file, templateOf(wanted))
      return file
    })
    const script = join(import.meta.dirname, 'fixtures', 'deploy.ts')
    for (let kill = 0; kill < 8; kill++) {
      const child = spawn(process.execPath, [script, join(folder, 'state'), ...files], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      await setTimeout(10 + kill * 23)
      expect(child.exitCode, 'the child fell by itself').to.equal(null)
      child.kill('SIGKILL')
      await once(child, 'exit')

      const rig = openRig(join(folder, 'state'))
      const wanted = kill % 2 ? first : second
      await rig.deploy(templateOf(wanted))

      expectThere(rig, wanted)
      rig.close()
    }
  })
})
