import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { addFunction, addRole, type Core, newFolder, removeFolder, startCore } from './fixture.ts'

const KEY = `export const handler = async () => process.env.AWS_ACCESS_KEY_ID`

describe('functions over time', () => {
  let folder: string
  let core: Core
  beforeEach(async () => {
    folder = newFolder()
    core = startCore(folder)
    await addRole(core)
    await addFunction(core, 'key', KEY)
  })
  afterEach(async () => {
    await core.stop()
    removeFolder(folder)
  })

  const invoke = async () => {
    const { Payload } = await core.cloud()('lambda').Invoke({ FunctionName: 'key' })
    return JSON.parse(Buffer.from(Payload as Uint8Array).toString()) as string
  }

  it('have credentials that never expire under them', async () => {
    const first = await invoke()
    const soon = await invoke()
    core.clock.advance(2 * 3_600_000)
    const later = await invoke()

    expect(first).to.match(/^ASIA[A-Z0-9]{16}$/)
    expect(soon).to.equal(first)
    expect(later)
      .to.match(/^ASIA[A-Z0-9]{16}$/)
      .and.not.equal(first)
  })

  it('are there after a restart, with their package, their policy and their settings', async () => {
    const lambda = core.cloud()('lambda')
    await lambda.PutFunctionConcurrency({ FunctionName: 'key', ReservedConcurrentExecutions: 3 })
    await lambda.AddPermission({ FunctionName: 'key', StatementId: 'a', Action: 'lambda:*', Principal: '*' })
    const before = [await lambda.GetFunction({ FunctionName: 'key' }), await lambda.GetPolicy({ FunctionName: 'key' })]
    await core.stop()

    core = startCore(folder)
    const again = core.cloud()('lambda')

    expect([
      await again.GetFunction({ FunctionName: 'key' }),
      await again.GetPolicy({ FunctionName: 'key' }),
    ]).to.deep.equal(before)
    expect(await invoke()).to.match(/^ASIA/)
  })

  it('leave nothing behind that a kill in the middle of an upload left', async () => {
    const packages = join(folder, 'lambda')
    const [held = ''] = readdirSync(packages)
    await core.stop()
    mkdirSync(join(packages, 'half'))
    writeFileSync(join(packages, 'half', 'index.mjs'), 'export const')

    core = startCore(folder)

    expect(readdirSync(packages)).to.deep.equal([held])
    expect(existsSync(join(packages, held, 'index.mjs'))).to.equal(true)
  })

  it('take their package with them when they are deleted, once nobody can still be running it', async () => {
    await invoke()
    await core.cloud()('lambda').DeleteFunction({ FunctionName: 'key' })
    const during = readdirSync(join(folder, 'lambda'))

    core.clock.advance(15 * 60_000)

    expect(during).to.have.length(1)
    expect(readdirSync(join(folder, 'lambda'))).to.deep.equal([])
  })
})
