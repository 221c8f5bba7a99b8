import { readFileSync } from 'node:fs'
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

describe('npm run sam -- local, with npm start -- --containers', function () {
  this.timeout(180_000)
  let clone: Clone
  let docker = ''

  before(async function () {
    const tools = containers()
    if (!tools) return this.skip()
    docker = tools.env.DOCKER_HOST ? `DOCKER_HOST=${tools.env.DOCKER_HOST} ` : ''
    clone = new Clone()
    await clone.start(`${docker}npm start -- --containers --chapter 05`)
    const { code, output } = await clone.run('npm run sam -- build --chapter 05')
    expect(code, output).to.equal(0)
  })
  after(() => clone?.remove())

  it('invokes a function in a container, which finds its event, its bucket and its table', async () => {
    const event = 'chapters/05-standalone-functions/events/createThumbnailAndStoreInDB.photo.json'

    const { code, output } = await clone.run(
      `${docker}npm run sam -- local invoke createThumbnailAndStoreInDB -e ${event} --skip-pull-image`,
    )

    expect(code, output).to.equal(0)
    const thumbs = await clone.run('npm run call -- s3 ListObjectsV2 Bucket=local-123456789012-pictures Prefix=thumbs/')
    expect(thumbs.output, output).to.contain('"Key": "thumbs/images/photo.jpg"')
    const items = await clone.run('npm run call -- dynamodb Scan TableName=Images')
    expect(items.output, output).to.contain('"S": "images/photo.jpg"')
  })
})
