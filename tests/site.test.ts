import { readFileSync } from 'node:fs'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { publish } from '../scripts/lib/site.ts'
import { openBrowser } from './browser.ts'
import { withCloud } from './cloud.ts'
import { refusalOf } from './refusal.ts'

const Bucket = 'local-123456789012-site05'
const photo = readFileSync(new URL('../events/photo.jpg', import.meta.url))

describe('npm run site', function () {
  this.timeout(60_000)
  const t = withCloud({ chapter: '05' })
  const s3 = () => new S3Client(t.config())

  it('puts a chapter’s pages on its website, with the chapter’s Outputs', async () => {
    const published = await publish('05', t.config())

    const config = await s3().send(new GetObjectCommand({ Bucket, Key: 'config.json' }))
    const script = await s3().send(new HeadObjectCommand({ Bucket, Key: 'page.js' }))
    const { Body, ContentType } = await s3().send(new GetObjectCommand({ Bucket, Key: 'style.css' }))
    const address = `http://${Bucket}.s3-website.localhost:${t.cloud.port}`
    expect(published).to.deep.equal({
      bucket: Bucket,
      address,
      files: ['icon.svg', 'index.html', 'style.css', 'page.js', 'config.json'],
    })
    expect(JSON.parse((await config.Body?.transformToString()) ?? '')).to.deep.equal({
      PicturesBucket: 'local-123456789012-pictures',
      ImagesTable: 'Images',
      FlippedBucket: 'local-123456789012-flipped',
      FacesBucket: 'local-123456789012-faces',
      Site05: Bucket,
      Site05Url: address,
      Region: 'us-east-1',
      Endpoint: t.cloud.url,
    })
    expect([script.ContentType, script.CacheControl]).to.deep.equal(['text/javascript; charset=utf-8', 'no-cache'])
    expect(ContentType).to.equal('text/css; charset=utf-8')
    expect(await Body?.transformToString()).not.to.match(/\n./) // one line: minified
  })

  it('says what is missing', async () => {
    const of = (chapter: string, stack?: string) => publish(chapter, t.config(), stack).catch((error) => error.message)

    expect(await of('26')).to.equal('There is no chapter 26.')
    expect(await of('01')).to.match(/^Chapter 01 has no pages: there is no chapters\/01-[a-z-]+\/web\.$/)
    expect(await of('05', 'other')).to.equal('ValidationError: Stack with id other does not exist')
  })

  it('finds the stack by DescribeStacks, as on AWS', async () => {
    const client = new CloudFormationClient(t.config())
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}))
    const [byName] = (await client.send(new DescribeStacksCommand({ StackName: 'local' }))).Stacks ?? []
    const byId = await client.send(new DescribeStacksCommand({ StackName: byName?.StackId }))
    const none = await refusalOf(client.send(new DescribeStacksCommand({ StackName: 'none' })))

    expect(Stacks.map(({ StackName, StackStatus }) => [StackName, StackStatus])).to.deep.equal([
      ['local', 'CREATE_COMPLETE'],
    ])
    expect(byName?.Parameters).to.deep.include({ ParameterKey: 'Chapter', ParameterValue: '05' })
    expect(byName?.Description).to.match(/^AWS Lambda in Action/)
    expect(byId.Stacks).to.deep.equal([byName])
    expect(none).to.deep.equal({
      name: 'ValidationError',
      message: 'Stack with id none does not exist',
      status: 400,
    })
  })

  describe('in a browser', () => {
    let browser: Browser
    before(async function () {
      browser = await openBrowser(this)
    })
    after(() => browser?.close())

    it('shows the page of chapter 5 from its website', async () => {
      const { address } = await publish('05', t.config())
      await s3().send(new PutObjectCommand({ Bucket, Key: 'before.jpg', Body: photo, ContentType: 'image/jpeg' }))
      // What faceDetection stores lies in another bucket, at the address of the door itself.
      const Faces = 'local-123456789012-faces'
      await s3().send(new PutObjectCommand({ Bucket: Faces, Key: 'tmp/a.jpg', Body: photo, ContentType: 'image/jpeg' }))
      const page = await browser.newPage()
      const wrong: string[] = []
      page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
      page.on('pageerror', (error) => wrong.push(error.message))
      const query = `before=${address}/before.jpg&after=${t.config().endpoint}/${Faces}/tmp/a.jpg`

      const response = await page.goto(`${address}/?${query}`, { waitUntil: 'networkidle' })

      const widths = await page.locator('img').evaluateAll((images) => images.map((image) => image.naturalWidth))
      expect(response?.status()).to.equal(200)
      expect(wrong).to.deep.equal([])
      expect(widths).to.have.length(2)
      for (const width of widths) expect(width).to.be.above(0)
    })
  })
})

describe('npm run site, for chapters that share a website', function () {
  this.timeout(60_000)
  const [nine, ten] = [withCloud({ chapter: '09' }), withCloud({ chapter: '10' })]
  const Shared = 'local-123456789012-sampleauth'
  const read = async (t: typeof nine, Key: string) => {
    const { Body } = await new S3Client(t.config()).send(new GetObjectCommand({ Bucket: Shared, Key }))
    return (await Body?.transformToString()) ?? ''
  }
  /** The pages that those of the site lead to and that are not there. */
  const deadEnds = async (t: typeof nine, files: string[]) => {
    const pages = await Promise.all(files.filter((name) => name.endsWith('.html')).map((name) => read(t, name)))
    const led = pages.flatMap((html) => [...html.matchAll(/<a href="([^"]+)"/g)].map(([, href = '']) => href))
    expect(led).not.to.deep.equal([])
    return [...new Set(led)].filter((href) => !files.includes(href))
  }

  it('puts the pages of the earlier one, which lead nowhere else', async () => {
    const { files } = await publish('09', nine.config())

    const config = JSON.parse(await read(nine, 'config.json'))
    expect(files).to.include.members(['index.html', 'signUp.html', 'signUp.js', 'verify.html', 'verify.js'])
    expect(await deadEnds(nine, files)).to.deep.equal([])
    expect(config).to.include({ CreateUserFunction: 'SampleAuthCreateUser', Site09: Shared })
    expect(config).not.to.have.property('LoginFunction')
  })

  it('puts the pages and Outputs of both, the later one’s index in place of the earlier one’s', async () => {
    for (const chapter of ['09', '10']) {
      const { bucket, files } = await publish(chapter, ten.config())

      const config = JSON.parse(await read(ten, 'config.json'))
      expect(bucket).to.equal(Shared)
      expect(files).to.include.members(['signUp.js', 'verify.js', 'login.js', 'resetPassword.js'])
      expect(await deadEnds(ten, files)).to.deep.equal([])
      expect(await read(ten, 'index.html')).to.contain('href="login.html"')
      expect(config).to.include({ CreateUserFunction: 'SampleAuthCreateUser', LoginFunction: 'SampleAuthLogin' })
    }
  })
})
