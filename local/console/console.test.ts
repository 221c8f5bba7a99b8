import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'
import type { Chapter, ChapterMap, DecisionRow, FunctionDetail, InvokeAnswer, Mail, Schedule, Trace } from './types.ts'

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

describe('the console, through the door', function () {
  this.timeout(60_000)
  const cloud = withCloud({ chapter: 'all' })

  /** As no `fetch` can: with any Host and any Origin. */
  const send = (path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = request(`${cloud.cloud.url}${path}`, { method, headers, agent: false }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part) => {
          text += part
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      })
      asked.on('error', reject)
      asked.end(body)
    })
  const token = async () => {
    const { text } = await send('/_console/')
    return /name="console-token" content="([^"]+)"/.exec(text)?.[1] ?? ''
  }
  const get = async <T>(path: string): Promise<T> => {
    const { status, text } = await send(`/_console/api/${path}`, { 'x-console-token': await token() })
    expect(status, text).to.equal(200)
    return JSON.parse(text)
  }
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    send(
      `/_console/api/${path}`,
      { 'x-console-token': await token(), 'content-type': 'application/json', ...headers },
      'POST',
      JSON.stringify(body),
    )

  it('leads a browser to its page, and a client of S3 to its buckets', async () => {
    const browser = await send('/', { accept: 'text/html,*/*' })
    const client = await send('/', { accept: '*/*' })

    expect([browser.status, browser.headers.location]).to.deep.equal([302, '/_console/'])
    expect(client.headers['content-type']).to.equal('application/xml')
  })

  it('sends a page that runs no script but its own, in no frame', async () => {
    const page = await send('/_console/')
    const script = await send('/_console/main.js')

    expect(page.headers['content-security-policy'])
      .to.include("script-src 'self'")
      .and.include("frame-ancestors 'none'")
    expect(page.text).not.to.match(/<script(?![^>]*\bsrc=)/)
    expect(script.headers['content-type']).to.equal('text/javascript; charset=utf-8')
    const again = await send('/_console/main.js', { 'if-none-match': String(script.headers.etag) })
    expect(again.status).to.equal(304)
  })

  describe('refuses', () => {
    const cases: [string, (url: string) => Record<string, string>][] = [
      ['a page of another origin', () => ({ origin: 'http://evil.example' })],
      ['a website', (url) => ({ origin: url.replace('127.0.0.1', 'faces.s3-website.localhost') })],
      ['an API', (url) => ({ origin: url.replace('127.0.0.1', 'a1b2c3.execute-api.localhost') })],
      ['the other spelling of this machine', (url) => ({ origin: url.replace('127.0.0.1', 'localhost') })],
      ['a page without an origin', () => ({ origin: 'null' })],
      ['a name that somebody points here', () => ({ host: 'evil.example' })],
      ['the host of a website', (url) => ({ host: url.replace('http://127.0.0.1', 'faces.s3-website.localhost') })],
      ['a request without CORS', () => ({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })],
      ['a frame', () => ({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' })],
    ]
    for (const [name, headers] of cases)
      it(name, async () => {
        const given = { ...headers(cloud.cloud.url), 'x-console-token': await token() }

        const read = await send('/_console/api/chapters', given)
        const act = await send(
          '/_console/api/functions/GreetingsOnDemand/invoke',
          { ...given, 'content-type': 'application/json' },
          'POST',
          '{"payload":"{}","type":"Event"}',
        )
        const page = await send('/_console/', given)

        for (const { status, headers: sent, text } of [read, act, page]) {
          expect(status, text).to.equal(403)
          expect(sent['access-control-allow-origin'] ?? '').not.to.equal('*')
          expect(text).not.to.include('console-token')
        }
      })

    it('whoever has no token, in a header or, for what acts, in the query', async () => {
      const right = await token()
      const none = await send('/_console/api/chapters')
      const wrong = await send('/_console/api/chapters', { 'x-console-token': `${right}x` })
      const query = await send(`/_console/api/traces/1/replay?token=${right}`, {}, 'POST', '{}')

      expect([none.status, wrong.status, query.status]).to.deep.equal([403, 403, 403])
      expect(JSON.parse(none.text)).to.deep.equal({ message: 'The token of the console is missing or old.' })
    })

    it('a form, and what is no JSON', async () => {
      const form = await post('schedules/run', {}, { 'content-type': 'application/x-www-form-urlencoded' })
      const list = await post('schedules/run', [])

      expect([form.status, list.status]).to.deep.equal([415, 400])
    })
  })

  it('shows chapters with their functions and sample events, and invokes one', async () => {
    const chapters = await get<Chapter[]>('chapters')
    const [fn] =
      chapters.find(({ id }) => id === '02')?.functions.filter(({ name }) => name === 'GreetingsOnDemand') ?? []
    const detail = await get<FunctionDetail>(`functions/${fn?.name}`)
    const [event] = detail.events
    const { status, text } = await post(`functions/${fn?.name}/invoke`, {
      ...{ payload: event?.text, type: 'RequestResponse', event: event?.name },
    })
    const answer = JSON.parse(text) as InvokeAnswer

    expect([fn?.called, fn?.name, detail.called]).to.deep.equal([
      'greetingsOnDemand',
      'GreetingsOnDemand',
      'greetingsOnDemand',
    ])
    expect(detail.events.map(({ name }) => name)).to.deep.equal(['john', 'nobody', 'blank', 'number'])
    expect(chapters.find(({ id }) => id === '03')?.title).to.equal('Your function as a web API')
    expect(status, text).to.equal(200)
    expect(answer.functionError).to.equal(undefined)
    expect(answer.log).to.include(`START RequestId: ${answer.requestId}`)
    expect(answer.durationMs).to.be.above(0)
    expect(answer.memoryUsedMb).to.be.above(0)
  })

  it('says in words why an invocation is refused', async () => {
    const broken = await post('functions/GreetingsOnDemand/invoke', { payload: '{', type: 'RequestResponse' })
    const unknown = await post('functions/nobody/invoke', { payload: '{}', type: 'RequestResponse' })

    expect(broken.status).to.equal(400)
    expect(JSON.parse(broken.text).message).to.match(/^Could not parse request body into json/)
    expect([unknown.status, JSON.parse(unknown.text).message]).to.deep.equal([404, 'There is no function nobody.'])
  })

  it('draws APIs with their methods, and what their functions may call', async () => {
    const map = await get<ChapterMap>('maps/03')
    const labels = (from: string, to: string) =>
      map.edges.filter((edge) => edge.from === from && edge.to === to).map(({ label }) => label)

    expect(labels('Bookstore', 'GetBookById').join()).to.contain('GET /books/')
    expect(labels('MyUtilities', 'GreetingsProxy').join()).to.contain('/proxy/greeting')
    expect(labels('MyUtilities', 'GetBookById')).to.deep.equal([])
    expect(labels('GetBookById', 'Books').join()).to.contain('dynamodb:GetItem')
  })

  it('follows an upload through function and table, and sends its event again', async () => {
    const map = await get<ChapterMap>('maps/05')
    const bucket = map.nodes.find(({ id }) => id === 'Pictures')
    expect(map.edges).to.deep.include({
      ...{ from: 'Pictures', to: 'CreateThumbnailAndStoreInDB', kind: 'event', label: 's3:ObjectCreated:*' },
    })
    const Body = readFileSync(new URL('../../events/photo.jpg', import.meta.url))
    const Key = 'images/seen.jpg'
    await new S3Client({ ...cloud.config(), forcePathStyle: true }).send(
      new PutObjectCommand({ Bucket: bucket?.physicalId, Key, Body, ContentType: 'image/jpeg' }),
    )
    await cloud.settled()

    const traces = await get<Trace[]>('traces')
    const trace = traces.find(({ title }) => title === 's3:PutObject on Pictures')
    const hops = trace?.hops.map(({ from, to, label, outcome }) => `${from} ${to} ${label} ${outcome}`)
    expect(hops, told(cloud)).to.include.members([
      'client Pictures s3:PutObject ok',
      'CreateThumbnailAndStoreInDB CreateThumbnailAndStoreInDB runs ok',
      'CreateThumbnailAndStoreInDB Images dynamodb:PutItem ok',
    ])
    const ids = new Set(trace?.hops.map(({ id }) => id))
    expect(trace?.hops.filter(({ parent }) => parent === undefined).length).to.equal(1)
    expect(trace?.hops.every(({ parent }) => parent === undefined || ids.has(parent))).to.equal(true)

    const replay = await post(`traces/${trace?.id}/replay`, {})
    await cloud.settled()
    const again = (await get<Trace[]>('traces')).find(({ id }) => id === JSON.parse(replay.text).trace)
    expect(again?.hops.map(({ label }) => label)).to.include.members(['runs', 'dynamodb:PutItem'])

    const items = await get<Record<string, unknown>[]>('tables/Images')
    expect(JSON.stringify(items)).to.include(Key)
  })

  it('shows pictures as pictures, and a page of somebody else’s as text in a sandbox', async () => {
    const map = await get<ChapterMap>('maps/05')
    const Bucket = map.nodes.find(({ id }) => id === 'Pictures')?.physicalId ?? ''
    const s3 = new S3Client({ ...cloud.config(), forcePathStyle: true })
    await s3.send(
      new PutObjectCommand({ Bucket, Key: 'page.html', Body: '<script>1</script>', ContentType: 'text/html' }),
    )
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a.svg', Body: '<svg/>', ContentType: 'image/svg+xml' }))

    const page = await send(`/_console/api/objects/${Bucket}?key=page.html&token=${await token()}`)
    const svg = await send(`/_console/api/objects/${Bucket}?key=a.svg&token=${await token()}`)

    expect(page.headers['content-type']).to.equal('text/plain; charset=utf-8')
    expect(page.headers['content-security-policy']).to.match(/^sandbox;/)
    expect(page.headers['x-content-type-options']).to.equal('nosniff')
    expect(svg.headers['content-disposition']).to.match(/^attachment/)
  })

  it('lists schedules with their next time, and runs one now', async () => {
    const schedules = await get<Schedule[]>('schedules')
    const [first] = schedules
    const ran = await post('schedules/run', { arn: first?.arn })
    const unknown = await post('schedules/run', { arn: 'arn:aws:events:us-east-1:123456789012:rule/none' })

    expect(first?.next).to.be.above(cloud.clock.now())
    expect([ran.status, unknown.status]).to.deep.equal([200, 404])
    await cloud.settled()
  })

  it('shows decisions with the statement in its policy', async () => {
    const rows = await get<DecisionRow[]>('decisions')
    const row = rows.find(({ action, caller }) => action === 'dynamodb:PutItem' && caller.includes('assumed-role'))
    const document = row?.statement?.document as { Statement: { Action: unknown }[] }
    const statement = [document.Statement].flat()[row?.statement?.index ?? -1]

    expect(row?.allowed).to.equal(true)
    expect([statement?.Action].flat()).to.include('dynamodb:PutItem')
  })

  it('shows the mails that were sent, and tells of a new one at once', async () => {
    const { SES } = await import('@aws-sdk/client-ses')
    const ses = new SES(cloud.config())
    await ses.verifyEmailIdentity({ EmailAddress: 'sender@example.com' })
    const stream = await fetch(`${cloud.cloud.url}/_console/api/live?token=${encodeURIComponent(await token())}`)
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader()

    await ses.sendEmail({
      Source: 'sender@example.com',
      Destination: { ToAddresses: ['john@example.com'], BccAddresses: ['jane@example.com'] },
      Message: { Subject: { Data: 'Hello' }, Body: { Html: { Data: '<b>John</b>' } } },
    })
    ses.destroy()
    let told = ''
    while (!told.includes('event: mail')) told += Buffer.from((await reader.read()).value ?? []).toString()
    await reader.cancel()
    const [mail] = await get<Mail[]>('mails')

    expect(mail).to.deep.include({
      from: 'sender@example.com',
      to: ['john@example.com', 'jane@example.com'],
      subject: 'Hello',
      html: '<b>John</b>',
    })
    expect(told).to.contain(`"id":"${mail?.id}"`)
  })

  it('refuses to replay what it does not know, and a body that is too large', async () => {
    const unknown = await post('traces/0000000000000000/replay', {})
    const large = await post('functions/Sum/invoke', { payload: 'x'.repeat(8 * 1024 * 1024), type: 'Event' })

    expect([unknown.status, JSON.parse(unknown.text).message]).to.deep.equal([404, 'This trace is not kept any more.'])
    expect(large.status).to.equal(413)
  })
})
