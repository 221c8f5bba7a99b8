import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { Clone } from './clone.ts'
import { alive, below, until } from './processes.ts'

const config = (port: string | undefined) => ({
  endpoint: `http://127.0.0.1:${port}`,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
})

describe('npm start', function () {
  this.timeout(60_000)
  let clone: Clone
  beforeEach(() => {
    clone = new Clone()
  })
  afterEach(() => clone.remove())

  it('says how many resources it has, where it listens, and three commands to try', async () => {
    const { output } = await clone.start()

    expect(output).to.match(/ready after [\d.]+ s: http:\/\/127\.0\.0\.1:\d+\n/)
    expect(output.match(/^ {2}npm run /gm)).to.have.length(3)
    const [, seen = ''] = /^ {2}To look at it, open (http:\S+) in a browser\.$/m.exec(output) ?? []
    const page = await fetch(seen, { headers: { accept: 'text/html' } })
    expect(await page.text()).to.contain('console-token')
    const [, address = ''] = /^ {2}curl '(http:[^']+)'$/m.exec(output) ?? []
    expect(await (await fetch(address)).json()).to.deep.equal({ greeting: 'Hello John!' })
    expect(JSON.parse(readFileSync(join(clone.folder, '.local/running/all.json'), 'utf8'))).to.include({
      url: `http://127.0.0.1:${clone.port}`,
      selection: 'all',
    })
  })

  it('ends every child at Ctrl-C, a busy one too', async () => {
    const handler = join(clone.folder, 'chapters/02-first-function/greetingsOnDemand.ts')
    writeFileSync(handler, 'export const handler = async () => { for (;;) {} }\n')
    const { child } = await clone.start('npm start -- --chapter 02')
    const busy = new LambdaClient(config(clone.port)).send(new InvokeCommand({ FunctionName: 'GreetingsOnDemand' }))
    busy.catch(() => {})
    await until(() => below(child.pid as number).length >= 3)
    const children = below(child.pid as number)

    await clone.end(child)

    await until(() => !children.some(alive))
    expect(existsSync(join(clone.folder, '.local/running/02.json'))).to.equal(false)
  })

  it('deploys a saved template, and keeps everything when it is broken', async () => {
    const template = join(clone.folder, 'template.yaml')
    const { later } = await clone.start('npm start -- --chapter 02')
    const greet = async () => {
      const answer = await new LambdaClient(config(clone.port)).send(
        new InvokeCommand({ FunctionName: 'GreetingsOnDemand', Payload: Buffer.from('{}') }),
      )
      return answer.Payload?.transformToString()
    }

    writeFileSync(template, readFileSync(template, 'utf8').replace(/^ {2}CustomGreetingsOnDemand:/m, '  Renamed:'))
    await until(() => later().includes('was saved and is deployed'))
    writeFileSync(template, readFileSync(template, 'utf8').replace('MemorySize: 128', 'MemorySyze: 128'))
    await until(() => later().includes('cannot be deployed'))

    expect(later()).to.match(/cannot be deployed: .*template\.yaml:\d+.*MemorySyze/)
    expect(await greet()).to.equal('"Hello World!"')
  })

  it('uses a saved handler at the next invocation', async () => {
    const handler = join(clone.folder, 'chapters/02-first-function/greetingsOnDemand.ts')
    await clone.start('npm start -- --chapter 02')
    const greet = () => clone.run('npm run invoke -- greetingsOnDemand john')

    const before = await greet()
    writeFileSync(handler, readFileSync(handler, 'utf8').replace('`Hello ${', '`Good morning ${'))
    const after = await greet()

    expect(before.output).to.contain('"Hello John!"')
    expect(after.output).to.contain('"Good morning John!"')
  })

  it('says in one message why a handler does not compile', async () => {
    const handler = join(clone.folder, 'chapters/02-first-function/greetingsOnDemand.ts')
    writeFileSync(handler, `${readFileSync(handler, 'utf8')}\nconst = 1\n`)

    const { code, output } = await clone.run('npm run invoke -- greetingsOnDemand john')

    expect(code).to.equal(1)
    expect(output).to.match(/greetingsOnDemand\.ts:\d+:\d+/)
    expect(output).not.to.contain('node_modules/esbuild')
  })

  it('keeps its state over a restart, and begins anew with --fresh', async () => {
    const buckets = async () => {
      const listed = await clone.run('npm run call -- s3 ListObjectsV2 Bucket=local-123456789012-pictures')
      return JSON.parse(listed.output).KeyCount
    }
    const first = await clone.start('npm start -- --chapter 05')
    await clone.run('npm run call -- s3 PutObject Bucket=local-123456789012-pictures Key=kept Body=text')
    await clone.end(first.child)

    const second = await clone.start('npm start -- --chapter 05')
    const kept = await buckets()
    await clone.end(second.child)
    await clone.start('npm start -- --chapter 05 --fresh')

    expect(kept).to.equal(1)
    expect(await buckets()).to.equal(0)
  })

  it('starts empty, without a stack', async () => {
    const { output } = await clone.start('npm start -- --empty')

    expect(output).to.contain('no stack; its state is kept in .local/empty')
    const listed = await clone.run('npm run call -- lambda ListFunctions')
    expect(JSON.parse(listed.output).Functions).to.deep.equal([])
  })

  it('prints what a stranger sends as text on one line, whatever a terminal would make of it', async () => {
    const { later } = await clone.start('npm start -- --empty')
    await clone.run('npm run call -- s3 CreateBucket Bucket=strange')

    await fetch(`http://127.0.0.1:${clone.port}/strange/%1b[2Ja%0Aiam%20%E2%94%82%20all%20is%20well`)
    await until(() => later().includes('all is well'))

    const printed = later().split('\n')
    expect(printed.find((line) => line.includes('strange/'))).to.match(/^iam │ .*strange\/\\x1b\[2Ja$/)
    expect(printed.find((line) => line.includes('all is well'))).to.match(/^ {2}iam │ all is well/)
  })

  it('is a new account of SES with --sandbox, from one start to the next', async () => {
    const send = () =>
      clone.run(
        `npm run call -- ses SendEmail Source=me@example.com Destination='{"ToAddresses":["you@example.com"]}' Message='{"Subject":{"Data":"a"},"Body":{"Text":{"Data":"b"}}}'`,
      )
    const first = await clone.start('npm start -- --empty --sandbox')
    await clone.run('npm run call -- ses VerifyEmailIdentity EmailAddress=me@example.com')
    const refused = await send()
    await clone.end(first.child)
    await clone.start('npm start -- --empty')

    expect(refused.code).to.equal(1)
    expect(refused.output).to.contain(
      'Email address is not verified. The following identities failed the check in region US-EAST-1: you@example.com',
    )
    expect((await send()).output).to.contain('"MessageId"')
  })

  it('answers with one sentence when its folder is taken', async () => {
    await clone.start('npm start -- --chapter 02')

    const { code, output } = await clone.run('npm start -- --chapter 02 --port 0')

    expect(code).to.equal(1)
    expect(output.trim().split('\n')).to.have.length(1)
    expect(output).to.contain('Another local cloud already runs on')
  })

  it('leaves another local cloud of the project known when it ends', async () => {
    await clone.start('npm start -- --chapter 02')
    const { output } = await clone.run('npm start -- --empty --port 0', {
      ended: (text) => text.includes('Ctrl-C stops it'),
    })

    const { code, output: log } = await clone.run('npm run logs -- greetingsOnDemand --once')
    const other = await clone.run('npm run logs -- sum --once')

    expect(output).to.contain('is ready after')
    expect({ code, log }).to.deep.equal({ code: 0, log: '' })
    expect(other.output.trim()).to.equal('The local cloud that runs does not have chapter 01.')
  })

  it('names the local cloud that has the port already', async () => {
    await clone.start('npm start -- --chapter 02')

    const { code, output } = await clone.run(`npm start -- --chapter 01 --port ${clone.port}`)

    expect(code).to.equal(1)
    expect(output.trim()).to.equal(
      `The local cloud of chapter 02 already runs at http://127.0.0.1:${clone.port}: stop it first (Ctrl-C in its terminal), or choose another port with --port.`,
    )
  })

  it('answers with one sentence when the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo

    const { code, output } = await clone.run(`npm start -- --port ${port}`)
    server.close()

    expect(code).to.equal(1)
    expect(output.trim()).to.equal(`Port ${port} of 127.0.0.1 is taken by another program: choose one with --port.`)
  })

  it('listens on the Docker bridge too with --containers, or says that there is none', async () => {
    const { output } = await clone.run('npm start -- --empty --containers --port 0', {
      ended: (text) => text.includes('Ctrl-C stops it'),
    })

    if (!output.includes('is ready after'))
      expect(output.trim()).to.equal('--containers needs Docker, and no Docker bridge was found on this machine.')
  })

  for (const [args, sentence] of [
    ['--chapter five', '--chapter takes a number like 05, but got "five".'],
    ['--chapter 05 --empty', '--chapter and --empty exclude each other.'],
    ['--port all', '--port takes a number from 0 to 65535, but got "all".'],
    ['--colour', "Unknown option '--colour'"],
    ['--chapter 77 --port 0', 'Chapter'],
  ] as const)
    it(`refuses ${args} without a stack trace`, async () => {
      const { code, output } = await clone.run(`npm start -- ${args}`)

      expect(code).to.equal(1)
      expect(output).to.contain(sentence)
      expect(output).not.to.match(/^\s+at /m)
    })

  it('refuses a broken template with its line', async () => {
    const template = join(clone.folder, 'template.yaml')
    const text = readFileSync(template, 'utf8')
    const line = text.split('\n').findIndex((one) => one.includes('Type: AWS::S3::Bucket')) + 1
    writeFileSync(template, text.replace('Type: AWS::S3::Bucket', 'Type: AWS::S3::Bukket'))

    const { code, output } = await clone.run('npm start -- --port 0')

    expect(code).to.equal(1)
    expect(output).to.contain(`template.yaml:${line}`)
    expect(output).to.contain('AWS::S3::Bukket')
    expect(output).not.to.match(/^\s+at /m)
  })

  it('survives a kill: the next start opens the same state', async () => {
    const { child } = await clone.start('npm start -- --chapter 05')
    await clone.run('npm run call -- s3 PutObject Bucket=local-123456789012-pictures Key=kept Body=text')

    await clone.end(child, 'SIGKILL')
    await clone.start('npm start -- --chapter 05')

    const s3 = new S3Client({ ...config(clone.port), forcePathStyle: true })
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'local-123456789012-pictures' }))
    expect(listed.Contents?.map(({ Key }) => Key)).to.deep.equal(['kept'])
  })
})
