import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../scripts/lib/application.ts'

describe('compiled.mjs', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-compiled-'))
    for (const part of ['scripts', 'local/room', 'node_modules/@esbuild'])
      mkdirSync(join(folder, part), { recursive: true })
    copyFileSync(join(root, 'scripts/compiled.mjs'), join(folder, 'scripts/compiled.mjs'))
    for (const name of ['esbuild', `@esbuild/${process.platform}-${process.arch}`])
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    source('scripts/say.ts', "import { text } from '../local/room/text.ts'\nconsole.log(text(process.argv.slice(2)))\n")
    source('local/room/text.ts', "export const text = (words: string[]): string => 'I say ' + words\n")
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const source = (path: string, text: string) => writeFileSync(join(folder, path), text)
  const say = (...words: string[]): string =>
    execFileSync(process.execPath, [join(folder, 'scripts/compiled.mjs'), join(folder, 'scripts/say.ts'), ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  const made = () => join(folder, 'node_modules/.cache/lambda-in-action/scripts/scripts-say-ts.mjs')

  it('runs a script with its arguments from one file', () => {
    expect(say('a', 'b')).to.equal('I say a,b')
    expect(existsSync(made())).to.equal(true)

    writeFileSync(made(), "console.log('the file')")
    expect(say('c')).to.equal('the file')
  })

  it('makes the file anew when a source has changed', () => {
    say()
    source('local/room/text.ts', "export const text = (words: string[]): string => 'I shout ' + words\n")

    expect(say('a')).to.equal('I shout a')
  })

  it('tells each source where it lies', () => {
    source('local/room/text.ts', "export const text = () => import.meta.dirname + ' ' + import.meta.url\n")

    expect(say()).to.equal(`${folder}/local/room file://${folder}/local/room/text.ts`)
  })

  it('runs a package in CommonJS when something of it is first used, once', () => {
    mkdirSync(join(folder, 'node_modules/heavy'))
    source('node_modules/heavy/package.json', '{ "name": "heavy", "main": "index.js" }')
    source('node_modules/heavy/index.js', "console.log('heavy'); exports.add = (a, b) => a + b")
    source(
      'local/room/text.ts',
      "import { add } from 'heavy'\nconsole.log('light')\nexport const text = () => add(add(1, 2), 3)\n",
    )

    expect(say()).to.equal('light\nheavy\n6')
  })

  it('leaves it to Node to say what is wrong with a source', () => {
    source('local/room/text.ts', 'export const text = (\n')

    expect(() => say()).to.throw(/ERR_INVALID_TYPESCRIPT_SYNTAX|SyntaxError/)
  })

  it('runs the sources where nothing can be made', () => {
    rmSync(join(folder, 'node_modules/esbuild'))

    expect(say('a')).to.equal('I say a')
  })
})
