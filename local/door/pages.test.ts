import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as S from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../tests/browser.ts'
import { allow, withS3 } from '../../tests/s3.ts'

/** A page on a website of the cloud's own, with a session's key, in a real browser: it may what IAM and CORS let it. */
describe('a page of a website, in a browser', function () {
  this.timeout(60_000)
  const t = withS3()
  let browser: Browser
  let elsewhere: Server
  let session: S.S3Client

  before(async function () {
    browser = await openBrowser(this)
    elsewhere = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>elsewhere</p>'))
    elsewhere.listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    const admin = t.client()
    for (const Bucket of ['pages', 'shared', 'unshared']) await admin.send(new S.CreateBucketCommand({ Bucket }))
    await admin.send(
      new S.PutBucketWebsiteCommand({
        Bucket: 'pages',
        WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } },
      }),
    )
    await admin.send(new S.DeletePublicAccessBlockCommand({ Bucket: 'pages' }))
    const Statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::pages/*' }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await admin.send(new S.PutBucketPolicyCommand({ Bucket: 'pages', Policy }))
    await admin.send(
      new S.PutObjectCommand({ Bucket: 'pages', Key: 'index.html', Body: '<p>ours</p>', ContentType: 'text/html' }),
    )
    const rule = { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'PUT', 'POST'], AllowedHeaders: ['*'] }
    await admin.send(
      new S.PutBucketCorsCommand({
        Bucket: 'shared',
        CORSConfiguration: { CORSRules: [{ ...rule, ExposeHeaders: ['ETag'] }] },
      }),
    )
    session = t.as('visitor', [allow(['s3:PutObject', 's3:GetObject'], ['arn:aws:s3:::*shared/*'])])
  })
  after(async () => {
    await browser?.close()
    elsewhere?.close()
  })

  const open = async (url: string): Promise<Page> => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(url)
    return page
  }
  const own = () => open(`http://pages.s3-website.localhost:${new URL(t.url).port}/`)
  const put = (Bucket: string) => getSignedUrl(session, new S.PutObjectCommand({ Bucket, Key: 'a' }))
  const get = (Bucket: string) => getSignedUrl(session, new S.GetObjectCommand({ Bucket, Key: 'a' }))
  /** What the page reads of an answer, or that it may not. */
  const asks = (page: Page, url: string, init: Record<string, unknown> = {}) =>
    page.evaluate(
      async ([url, init]) => {
        try {
          const answer = await fetch(url, init)
          return `${answer.status} ${answer.headers.get('etag') ?? ''} ${(await answer.text()).slice(0, 20)}`
        } catch (error) {
          return String(error)
        }
      },
      [url, init] as const,
    )
  const FAILED = 'TypeError: Failed to fetch'

  it('reads and writes a bucket that is shared with it, and no other', async () => {
    const page = await own()
    const written = await asks(page, await put('shared'), { method: 'PUT', body: 'hello' })
    const read = await asks(page, await get('shared'))
    const closed = await asks(page, await put('unshared'), { method: 'PUT', body: 'hello' })

    const etag = '"5d41402abc4b2a76b9719d911017c592"'
    expect([written, read, closed]).to.deep.equal([`200 ${etag} `, `200 ${etag} hello`, FAILED])
    await page.close()
  })

  it('is apart from the console where it is opened by its path: its scripts run, and read nothing of this origin', async () => {
    const Body = `<script>fetch('/').then(() => 'read', (error) => 'refused').then((said) => { document.title = said })</script>`
    const object = { Bucket: 'shared', Key: 'page.html' }
    await t.client().send(new S.PutObjectCommand({ ...object, Body, ContentType: 'text/html' }))
    const page = await open(await getSignedUrl(session, new S.GetObjectCommand(object)))

    await page.waitForFunction('document.title !== ""')

    expect(await page.title()).to.equal('refused')
    expect(await page.evaluate('origin')).to.equal('null')
    await page.close()
  })

  it('posts a form', async () => {
    const page = await own()
    const { url, fields } = await createPresignedPost(session, { Bucket: 'shared', Key: 'posted' })

    const status = await page.evaluate(
      async ([url, fields]) => {
        const form = new FormData()
        for (const [name, value] of Object.entries(fields)) form.append(name, value)
        form.append('file', new Blob(['from a page']), 'a.txt')
        return (await fetch(url, { method: 'POST', body: form })).status
      },
      [url, fields] as const,
    )

    const { Body } = await t.client().send(new S.GetObjectCommand({ Bucket: 'shared', Key: 'posted' }))
    expect(status).to.equal(204)
    expect(await Body?.transformToString()).to.equal('from a page')
    await page.close()
  })

  it('reads what other services answer', async () => {
    const page = await own()
    const answer = await asks(page, `${t.url}/2015-03-31/functions/f/invocations`, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=x`,
        'x-amz-date': 'x',
      },
      body: '{}',
    })

    expect(answer).to.match(/^400 {2}\{"message":/)
    await page.close()
  })

  it('of elsewhere reads nothing, not even what is shared with every origin', async () => {
    const { port } = elsewhere.address() as AddressInfo
    for (const name of ['127.0.0.1', 'pages.s3-website.localhost']) {
      const page = await open(`http://${name}:${port}/`)
      await t.client().send(new S.DeleteObjectCommand({ Bucket: 'shared', Key: 'a' }))

      const written = await asks(page, await put('shared'), { method: 'PUT', body: 'hello' })
      const read = await asks(page, await get('shared'))

      const left = await t.client().send(new S.ListObjectsV2Command({ Bucket: 'shared', Prefix: 'a' }))
      expect([written, read, left.KeyCount]).to.deep.equal([FAILED, FAILED, 0])
      await page.close()
    }
  })
})
