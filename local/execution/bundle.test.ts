import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { buildSync } from 'esbuild'
import { createBundler } from './bundle.ts'
import { esbuildOptions } from './options.ts'
import { BUILD, createWorkbench } from './testing.ts'
import type { Code } from './types.ts'

describe('A bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  const cache = join(folder, '.cache')
  const code: Code = { kind: 'source', folder, build: BUILD }
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text)
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('is what esbuild makes of the template’s properties, as sam build calls it', async () => {
    write('lib.ts', 'export const greet = (name: string) => "Hello " + name')
    write('greet.ts', "import { greet } from './lib.ts'\nexport const handler = async () => greet('you')")
    const bundler = createBundler(cache)

    const bundle = await bundler.bundle(code, 'greet.handler')

    const out = join(folder, 'out')
    buildSync({
      entryPoints: ['greet.ts'],
      absWorkingDir: folder,
      outdir: out,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      minify: true,
      mainFields: ['module', 'main'],
      outExtension: { '.js': '.mjs' },
      banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
    })
    const made = readFileSync(join(bundle.folder, bundle.file))
    expect(bundle.file).to.equal('greet.mjs')
    expect(made.equals(readFileSync(join(out, 'greet.mjs')))).to.equal(true)
    expect(bundle.size).to.equal(made.length)
    expect(Buffer.from(bundle.sha256, 'base64')).to.have.length(32)
    expect(bundle.map && existsSync(bundle.map)).to.equal(true)
    await bundler.stop()
  })

  it('is made once for calls at the same time, and found by another cloud', async () => {
    write('once.ts', 'export const handler = async () => 1')
    const bundler = createBundler(cache)

    const all = await Promise.all(Array.from({ length: 5 }, () => bundler.bundle(code, 'once.handler')))
    const made = join(all[0]?.folder ?? '', 'once.mjs')
    utimesSync(made, 1, 1)
    const other = createBundler(cache)

    expect(new Set(all).size).to.equal(1)
    expect(other.ready(code, 'once.handler')).to.equal(undefined)
    expect(await other.bundle(code, 'once.handler')).to.deep.equal(all[0])
    expect(other.ready(code, 'once.handler')).to.deep.equal(all[0])
    await Promise.all([bundler.stop(), other.stop()])
  })

  it('stays when a file is saved unchanged, and is made anew when any input changes', async () => {
    write('part.ts', 'export const n = 1')
    write('whole.ts', "import { n } from './part.ts'\nexport const handler = async () => n")
    const bundler = createBundler(cache)
    const first = await bundler.bundle(code, 'whole.handler')

    write('part.ts', 'export const n = 1')
    const same = await bundler.bundle(code, 'whole.handler')
    write('part.ts', 'export const n = 22')
    const changed = await bundler.bundle(code, 'whole.handler')
    write('part.ts', 'export const n = 333')
    const again = await bundler.bundle(code, 'whole.handler')

    expect(same.folder).to.equal(first.folder)
    expect(changed.sha256).to.not.equal(first.sha256)
    expect(readFileSync(join(again.folder, again.file), 'utf8')).to.contain('333')
    await bundler.stop()
  })

  it('notices installed packages, and settings beside the sources', async () => {
    mkdirSync(join(folder, 'node_modules/dep'), { recursive: true })
    const install = (word: string) => {
      write('node_modules/dep/index.js', `export const word = '${word}'`)
      write('node_modules/.package-lock.json', `{ "version": "${word}" }`)
    }
    install('old')
    write(
      'uses.ts',
      "import { word } from 'dep'\nexport class A { x = word }\nexport const handler = async () => new A()",
    )
    const bundler = createBundler(cache, 0)
    const text = async () => {
      const bundle = await bundler.bundle(code, 'uses.handler')
      return readFileSync(join(bundle.folder, bundle.file), 'utf8')
    }

    const old = await text()
    install('new')
    const updated = await text()
    write('tsconfig.json', '{ "compilerOptions": { "target": "es2021", "useDefineForClassFields": false } }')
    const set = await text()

    expect(old).to.contain('"old"')
    expect(updated).to.contain('"new"').and.not.contain('constructor')
    expect(set).to.contain('constructor')
    rmSync(join(folder, 'node_modules'), { recursive: true })
    rmSync(join(folder, 'tsconfig.json'))
    await bundler.stop()
  })

  it('says where the code is wrong', async () => {
    write('wrong.ts', 'export const handler = async () => {\n  return 1 +* 2\n}')
    write('lost.ts', "import { a } from './nowhere.ts'\nexport const handler = a")
    const bundler = createBundler(cache)
    const why = (handler: string) =>
      bundler.bundle(code, handler).catch((error: Error) => `${error.name}: ${error.message}`)

    expect(await why('wrong.handler')).to.equal(
      `Runtime.UserCodeSyntaxError: SyntaxError: ${join(folder, 'wrong.ts')}:2:13: Unexpected "*"`,
    )
    expect(await why('lost.handler')).to.equal(
      `Runtime.ImportModuleError: Error: ${join(folder, 'lost.ts')}:1:19: Could not resolve "./nowhere.ts"`,
    )
    expect(await why('gone.handler')).to.match(/^Runtime\.ImportModuleError: Error: Cannot find module 'gone'/)
    await bundler.stop()
  })

  it('loads what the template says how to load, and leaves out what is external', async () => {
    write('page.ejs', '<p>Hello</p>')
    write(
      'view.ts',
      "import page from './page.ejs'\nimport { log } from 'logging'\nexport const handler = async () => log(page)",
    )
    const bundler = createBundler(cache)
    const build = { ...BUILD, Loader: ['.ejs=text'], External: ['logging'] }

    const bundle = await bundler.bundle({ ...code, build }, 'view.handler')

    const made = readFileSync(join(bundle.folder, bundle.file), 'utf8')
    expect(made).to.contain('<p>Hello</p>').and.contain('from"logging"')
    await bundler.stop()
  })

  it('takes the properties that SAM takes, with its defaults', () => {
    expect(esbuildOptions({})).to.deep.equal({
      bundle: true,
      platform: 'node',
      target: 'es2020',
      format: 'cjs',
      minify: true,
    })
    expect(
      esbuildOptions({
        Minify: 'false',
        Target: 'node24,es2024',
        Define: ['A=1'],
        Loader: { '.a': 'text' },
        KeepNames: true,
      }),
    ).to.deep.include({
      minify: false,
      target: ['node24', 'es2024'],
      define: { A: '1' },
      loader: { '.a': 'text' },
      keepNames: true,
    })
    expect(() => esbuildOptions({ Minimise: true })).to.throw(
      /^BuildProperties\.Minimise: expected one of EntryPoints, /,
    )
    expect(() => esbuildOptions({ External: 'logging' })).to.throw(
      'BuildProperties.External: expected a list of strings, given "logging"',
    )
    expect(() => esbuildOptions({ Banner: ['js'] })).to.throw('BuildProperties.Banner: expected NAME=VALUE, given "js"')
  })
})

describe('A saved source', () => {
  const bench = createWorkbench()
  after(() => bench.stop())

  it('is used by the next invocation, and one that does not compile says so once', async () => {
    const spec = bench.fn('saved', 'export const handler = async () => "one"')
    const values = [(await bench.call(spec)).value]
    bench.write('saved.ts', 'export const handler = async () => "two"')
    values.push((await bench.call(spec)).value)
    bench.write('saved.ts', 'export const handler = async () => "three')
    const broken = await bench.call(spec)
    bench.write('saved.ts', 'export const handler = async () => "four"')
    values.push((await bench.call(spec)).value)

    expect(values).to.deep.equal(['one', 'two', 'four'])
    expect(broken.functionError).to.equal('Unhandled')
    expect(broken.value.errorType).to.equal('Runtime.UserCodeSyntaxError')
    expect(broken.value.errorMessage).to.equal(
      `SyntaxError: ${bench.folder}/saved.ts:1:42: Unterminated string literal`,
    )
    const errors = bench.linesOf(broken).filter((line) => line.includes('Unterminated'))
    expect(errors).to.have.length(1)
    expect(broken.tail).to.contain('START').and.contain('Unterminated string literal').and.contain('REPORT')
  })
})
