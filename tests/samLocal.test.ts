import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { functionsOf } from '../scripts/lib/application.ts'
import { addressed, seed } from '../scripts/lib/seed.ts'
import { addressOf, ask } from './apis.ts'
import { Clone } from './clone.ts'
import { allSamples, SamLocal, type Sample, someSamples } from './samLocal.ts'
import { type Containers, containers } from './tools/containers.ts'

/** A call under `sam local` takes some seconds. */
const SAMPLE = 12

/** Where the answers differ, and why; what the local cloud's error must be there. */
const DIFFERENT: Record<string, { why: string; errorType: string } | undefined> = {
  'CreateThumbnailPremium basic': { why: 'its role may not read basic/, the caller may', errorType: 'AccessDenied' },
  'CreateThumbnailBasic premium': { why: 'its role may not read premium/, the caller may', errorType: 'AccessDenied' },
}

/** What is another at each call: tokens, addresses, identifiers, times. */
const MASKS: [RegExp, string][] = [
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/http:\/\/[\d.]+:\d+/g, '<address>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/\b\d{14}\b/g, '<time>'],
  [/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<time>'],
]

/** An answer as it must be the same in both places: a result, or an error's type and message, without its stack. */
const comparable = (answer: unknown): unknown => {
  const plain =
    typeof answer === 'object' && answer !== null && 'errorType' in answer && 'errorMessage' in answer
      ? { errorType: answer.errorType, errorMessage: answer.errorMessage }
      : answer
  return JSON.parse(MASKS.reduce((text, [what, mask]) => text.replace(what, mask), JSON.stringify(plain) ?? 'null'))
}

describe('sam local', function () {
  this.timeout(120_000)
  const all = allSamples()
  const samples = someSamples(all, SAMPLE)
  let tools: Containers | undefined
  let sam: SamLocal
  let equal = 0

  before(async function () {
    tools = containers()
    if (!tools) return this.skip()
    sam = await SamLocal.open(tools, [...new Set(samples.map(({ fn }) => fn))])
  })
  after(async () => {
    await sam?.close()
    const known = samples.filter(({ fn, name }) => DIFFERENT[`${fn.logicalId} ${name}`]).length
    const rest = known ? `, ${known} different for a reason that is listed` : ''
    if (sam)
      console.log(`      ${equal} of ${samples.length} events equal under sam local${rest}; ${all.length} in all`)
  })

  const inCloud = async (fn: Sample['fn'], event: string): Promise<unknown> => {
    const lambda = new LambdaClient(sam.cloud.config())
    const { Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: fn.logicalId, Payload: Buffer.from(event) }),
    )
    return JSON.parse(Payload?.transformToString() || 'null')
  }

  for (const { fn, name, file } of samples)
    it(`invoke ${fn.logicalId} gives what the local cloud gives for the event "${name}"`, async () => {
      const target = sam.cloud.config()
      const text = readFileSync(file, 'utf8')
      await seed(file, target)
      const expected = await inCloud(fn, addressed(text, target))
      await seed(file, target)

      const answer = await sam.invoke(fn.logicalId, addressed(text, { ...target, endpoint: sam.containers }))

      const different = DIFFERENT[`${fn.logicalId} ${name}`]
      if (different) {
        expect(expected).to.include({ errorType: different.errorType })
        expect(answer ?? {}, different.why).not.to.have.property('errorType')
      } else {
        expect(comparable(answer)).to.deep.equal(comparable(expected))
        equal++
      }
    })

  it('start-lambda answers the SDK as the local cloud does', async () => {
    const { fn, file } = samples.find(({ fn: { hasPermissions } }) => !hasPermissions) as Sample
    const event = readFileSync(file, 'utf8')
    const expected = await inCloud(fn, event)

    const endpoint = await sam.start('start-lambda')
    const lambda = new LambdaClient({ ...sam.cloud.config(), endpoint })
    const { Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: fn.logicalId, Payload: Buffer.from(event) }),
    )

    expect(comparable(JSON.parse(Payload?.transformToString() || 'null'))).to.deep.equal(comparable(expected))
  })
})

/** Requests to the APIs of the template, by the Output that names the API: proxy integrations, as start-api has no others. */
const REQUESTS: [output: string, path: string][] = [
  ['MyUtilitiesUrl', '/proxy/greeting?name=John'],
  ['MyUtilitiesUrl', '/proxy/greeting'],
  ['BookstoreUrl', '/books'],
  ['BookstoreUrl', '/books/five'],
]

describe('sam local start-api', function () {
  this.timeout(120_000)
  let sam: SamLocal
  let url: string

  before(async function () {
    const tools = containers()
    if (!tools) return this.skip()
    sam = await SamLocal.open(
      tools,
      functionsOf().filter(({ chapter }) => chapter === '03'),
    )
    url = await sam.start('start-api')
  })
  after(() => sam?.close())

  for (const [output, path] of REQUESTS)
    it(`answers ${path} as the local cloud does`, async () => {
      const expected = await ask(`${addressOf(sam.cloud, output)}${path}`)

      const { status, text } = await ask(`${url}${path}`)

      expect({ status, text }).to.deep.equal({ status: expected.status, text: expected.text })
    })

  it('has a request for each API of the template', () => {
    // SimpleWebsite has mapping templates only, which sam local does not know.
    const outputs = Object.entries(sam.cloud.stack.outputs).filter(
      ([name, { value }]) => value.includes('.execute-api.') && name !== 'SimpleWebsiteUrl',
    )
    const asked = new Set(REQUESTS.map(([output]) => sam.cloud.stack.outputs[output]?.value))

    expect([...asked]).to.have.members(outputs.map(([, { value }]) => value))
  })
})

const photo = 'chapters/05-standalone-functions/events/createThumbnailAndStoreInDB.photo.json'

/** What an engine is, as `npm start -- --containers` finds it. */
const ENGINES = {
  'the engine of this machine': (tools: Containers, _folder: string) => tools.env.PATH,
  /** Docker Desktop by its word: what it hands on to 127.0.0.1, a forwarder of the test hands on. */
  'Docker Desktop': (tools: Containers, folder: string) => {
    const [real = ''] = (tools.env.PATH ?? '').split(delimiter).filter((one) => existsSync(join(one, 'docker')))
    const script = `#!/bin/sh\n[ "$1" = info ] && [ "$2" = --format ] && echo 'Docker Desktop' && exit\nexec ${join(real, 'docker')} "$@"\n`
    writeFileSync(join(folder, 'docker'), script, { mode: 0o755 })
    return [folder, tools.env.PATH].join(delimiter)
  },
}

for (const [engine, pathOf] of Object.entries(ENGINES))
  describe(`npm run sam -- local, with npm start -- --containers on ${engine}`, function () {
    this.timeout(240_000)
    let clone: Clone
    let folder: string
    let forwarder: Server | undefined
    const env: Record<string, string> = {}

    before(async function () {
      const tools = containers()
      if (!tools) return this.skip()
      folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-docker-'))
      env.PATH = pathOf(tools, folder) ?? ''
      if (tools.env.DOCKER_HOST) env.DOCKER_HOST = tools.env.DOCKER_HOST
      clone = new Clone()
      await clone.start('npm start -- --containers --chapter 05', env)
      if (engine === 'Docker Desktop') forwarder = await forwarding(tools.host.address, Number(clone.port))
      const { code, output } = await clone.run('npm run sam -- build --chapter 05', { env })
      expect(code, output).to.equal(0)
    })
    after(async () => {
      forwarder?.close()
      await clone?.remove()
      if (folder) rmSync(folder, { recursive: true, force: true })
    })

    it('invokes a function in a container, which finds its event, its bucket and its table', async () => {
      const { code, output } = await clone.run(
        `npm run sam -- local invoke createThumbnailAndStoreInDB -e ${photo} --skip-pull-image`,
        { env },
      )

      expect(code, output).to.equal(0)
      const thumbs = await clone.run(
        'npm run call -- s3 ListObjectsV2 Bucket=local-123456789012-pictures Prefix=thumbs/',
      )
      expect(thumbs.output, output).to.contain('"Key": "thumbs/images/photo.jpg"')
      const items = await clone.run('npm run call -- dynamodb Scan TableName=Images')
      expect(items.output, output).to.contain('"S": "images/photo.jpg"')
    })
  })

/** What comes to a port of an address goes on to that port of 127.0.0.1. */
const forwarding = (address: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((incoming) => {
      const onward = connect(port, '127.0.0.1')
      incoming.pipe(onward).pipe(incoming)
      for (const one of [incoming, onward]) one.on('error', () => {})
    })
    server.on('error', reject)
    server.listen(port, address, () => resolve(server))
  })
