import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../scripts/lib/application.ts'

describe('scripts/setup.mjs', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-setup-'))
    mkdirSync(join(folder, 'copy/scripts'), { recursive: true })
    copyFileSync(join(root, 'scripts/setup.mjs'), join(folder, 'copy/scripts/setup.mjs'))
    writeFileSync(join(folder, 'copy/scripts/start.ts'), '')
    writeFileSync(join(folder, 'copy/package-lock.json'), '{}')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('installs nothing through a link: npm would empty the packages of another copy', () => {
    mkdirSync(join(folder, 'packages/of-another-copy'), { recursive: true })
    symlinkSync(join(folder, 'packages'), join(folder, 'copy/node_modules'), 'junction')

    const { status, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs', 'start'], {
      cwd: join(folder, 'copy'),
      encoding: 'utf8',
      // Whatever is called to install finds no npm: the test itself empties nothing.
      env: { ...process.env, PATH: folder },
    })

    expect(status).to.equal(1)
    expect(stderr.trim()).to.equal(
      'node_modules is a link to packages that are older than package-lock.json: install them there (npm ci), or remove the link.',
    )
    expect(readdirSync(join(folder, 'packages'))).to.deep.equal(['of-another-copy'])
    expect(existsSync(join(folder, 'copy/node_modules/of-another-copy'))).to.equal(true)
  })
})
