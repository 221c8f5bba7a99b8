import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { newFolder, removeFolder, startCore } from './fixture.ts'

const KILLS = 6
const SCRIPT = fileURLToPath(new URL('./killed.ts', import.meta.url))

describe('a cloud that is killed', () => {
  let folder: string
  beforeEach(() => {
    folder = newFolder()
  })
  afterEach(() => removeFolder(folder))

  /** Runs a cloud until it has accepted `count` events or more, then kills it. Gives the events that it accepted. */
  const runAndKill = async (from: number, count: number): Promise<number[]> => {
    const child = spawn(process.execPath, [SCRIPT, folder, `${from}`], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
      if (text.split('\n').length > count) child.kill('SIGKILL')
    })
    await once(child, 'close')
    expect(child.signalCode).to.equal('SIGKILL')
    return text.split('\n').slice(0, -1).map(Number)
  }

  it('delivers every event that it had accepted', async function () {
    this.timeout(60_000)
    const accepted: number[] = []
    for (let kill = 0; kill < KILLS; kill++)
      accepted.push(...(await runAndKill((accepted.at(-1) ?? -1) + 2, 20 + kill * 37)))

    const core = startCore(folder)
    const left = core.ground.outbox.waiting()
    await core.until(() => core.ground.outbox.waiting() === 0, 'an empty queue')
    await core.stop()

    const noted = new Set(readFileSync(join(folder, 'notes'), 'utf8').split('\n').slice(0, -1).map(Number))
    expect(left).to.be.greaterThan(0)
    expect(accepted.length).to.be.greaterThan(600)
    expect(accepted.filter((n) => !noted.has(n))).to.deep.equal([])
  })
})
