import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../scripts/lib/application.ts'

describe('compiled.cjs', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-compiled-'))
    for (const part of ['scripts', 'local/room', 'node_modules/@esbuild'])
      mkdirSync(join(folder, part), { recursive: true })
    copyFileSync(join(root, 'scripts/compiled.cjs'), join(folder, 'scripts/compiled.cjs'))
    for (const name of ['esbuild', `@esbuild/${process.platform}-${process.arch}`])
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    source('scripts/say.ts', "import { text } from '../local/room/text.ts'\nconsole.log(text(process.argv.slice(2)))\n")
    source('local/room/text.ts', "export const text = (words: string[]): string => 'I say ' + words\n")
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const source = (path: string, text: string) => writeFileSync(join(folder, path), text)
  const say = (...words: string[]): string =>
    execFileSync(process.execPath, [join(folder, 'scripts/compiled.cjs'), join(folder, 'scripts/say.ts'), ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  const made = () => join(folder, 'node_modules/.cache/lambda-in-action/scripts/scripts-say-ts.js')
  const compiled = () => made().replace(/js$/, 'v8')

  it('runs a script with its arguments from one file', () => {
    expect(say('a', 'b')).to.equal('I say a,b')
    expect(existsSync(made())).to.equal(true)

    writeFileSync(made(), "(async function () { console.log('the file') })")
    expect(say('c')).to.equal('the file')
  })

  it('makes the file anew when a source has changed', () => {
    say()
    source('local/room/text.ts', "export const text = (words: string[]): string => 'I shout ' + words\n")

    expect(say('a')).to.equal('I shout a')
  })

  it('keeps what V8 has compiled by the end, functions that ran included', () => {
    say()
    const first = readFileSync(compiled())
    expect(first.includes('I say ')).to.equal(true)

    expect(say('a')).to.equal('I say a')
    expect(readFileSync(compiled()).equals(first)).to.equal(true)
  })

  it('keeps it when the script ends the process, too', () => {
    source('scripts/say.ts', "import { text } from '../local/room/text.ts'\nconsole.log(text([]))\nprocess.exit()\n")
    say()

    expect(readFileSync(compiled()).includes('I say ')).to.equal(true)
  })

  it('compiles anew what is damaged, cut short or of another file, and mends it', () => {
    say()
    const whole = readFileSync(compiled())
    const damaged = Buffer.from(whole)
    damaged.fill(0x55, 200, 300)
    const foreign = Buffer.from(whole)
    foreign.writeUInt32LE(foreign.readUInt32LE(0) ^ 1, 0)
    for (const wrong of [Buffer.alloc(0), whole.subarray(0, 6), whole.subarray(0, 500), damaged, foreign]) {
      writeFileSync(compiled(), wrong)

      expect(say('a')).to.equal('I say a')
      const mended = readFileSync(compiled())
      expect(mended.equals(wrong)).to.equal(false)
      expect(mended.includes('I say ')).to.equal(true)
    }
  })

  it('ends with 1 and the cause when the script fails', () => {
    source('local/room/text.ts', "export const text = (): string => { throw new Error('not today') }\n")

    expect(() => say())
      .to.throw(/Error: not today/)
      .with.property('status', 1)
  })

  it('tells each source where it lies', () => {
    source('local/room/text.ts', "export const text = () => import.meta.dirname + ' ' + import.meta.url\n")

    expect(say()).to.equal(`${folder}/local/room file://${folder}/local/room/text.ts`)
  })

  it('keeps letters of other alphabets, in regular expressions too', () => {
    source(
      'local/room/text.ts',
      "export const text = ([word = '']: string[]) => [/^[ä-ü·]+$/.test(word), /\\p{L}é/u.test('né'), /^.😀$/u.test('😀😀'), 'é😀'].join()\n",
    )

    expect(say('ö·')).to.equal('true,true,true,é😀')
    expect(say('é.')).to.equal('false,true,true,é😀')
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

  it('imports what stays outside of the file', () => {
    mkdirSync(join(folder, 'node_modules/@aws-sdk/client-none'), { recursive: true })
    source('node_modules/@aws-sdk/client-none/package.json', '{ "type": "module", "exports": "./index.js" }')
    source('node_modules/@aws-sdk/client-none/index.js', "export const a = 'A', b = 'B'; export default 'D'")
    source(
      'local/room/text.ts',
      `import whole, { a, b as other } from '@aws-sdk/client-none'
      import * as all from '@aws-sdk/client-none'
      import path, { join as put } from 'node:path'
      import * as url from 'node:url'
      export const text = () => [whole, a, other, all.b, put('x', 'y') === path.join('x', 'y'), typeof url.parse].join()`,
    )

    expect(say()).to.equal('D,A,B,B,true,function')
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
