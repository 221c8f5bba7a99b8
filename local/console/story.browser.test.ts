import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../tests/browser.ts'
import { told, withCloud } from '../../tests/cloud.ts'
import { STRANGER, tellStory } from '../../tests/mediaStory.ts'
import { until } from '../../tests/page.ts'
import { openConsole, PHONE } from './browserFixture.ts'
import type { MapNode, Trace } from './types.ts'

/** Markup and a line end in a key: each text of a page, and of a picture, is one. */
const NAME = 'a<b> & "c"\u0007 写真.gif'

describe('chapter 11 on the map', function () {
  this.timeout(60_000)
  const cloud = withCloud({ chapter: 'all' })
  let browser: Browser
  let people: Awaited<ReturnType<typeof tellStory>>

  before(async function () {
    browser = await openBrowser(this)
    people = await tellStory(cloud, NAME)
  })
  after(() => browser?.close())

  const open = (path: string, options = {}) => openConsole(browser, cloud, path, options)
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const page = await (await fetch(`${cloud.cloud.url}/_console/`)).text()
    const [, token = ''] = /name="console-token" content="([^"]+)"/.exec(page) ?? []
    return fetch(`${cloud.cloud.url}/_console/api/${path}`, { headers: { 'x-console-token': token, ...headers } })
  }
  const uploadTrace = async (): Promise<Trace> => {
    const traces = (await (await get('traces')).json()) as Trace[]
    const trace = traces.find(({ hops }) => hops[0]?.label === 's3:PutObject' && hops[0].from === people.owner.id)
    if (!trace) throw new Error(told(cloud))
    return trace
  }
  const linesOf = (page: Page) =>
    page
      .locator('path.edge')
      .evaluateAll((lines: unknown[]) =>
        (lines as { dataset: Record<string, string> }[]).map(({ dataset }) => dataset.line),
      )

  it('knows each identity by its name, and what each of them did', async () => {
    const nodes = (await (await get('nodes')).json()) as MapNode[]
    const trace = await uploadTrace()

    const named = (id: string) => nodes.find((node) => node.id === id)?.name
    expect(named(people.owner.id)).to.equal('john@example.com')
    expect(named(people.stranger.id)).to.equal(STRANGER)
    expect(named(people.visitor.id)).to.match(/^Guest [0-9a-f]{8}$/)
    const [first, ...rest] = trace.hops
    expect(first).to.include({ from: people.owner.id, to: 'Media', outcome: 'ok' })
    expect(rest.map(({ from, label, to }) => `${from} ${label} ${to}`)).to.include.members([
      'Media lambda:Invoke ContentUpdated',
      'ContentUpdated dynamodb:PutItem MediaContent',
      'MediaContent stream UpdateContentIndex',
      'UpdateContentIndex s3:PutObject Media',
      `Media s3:GetObject ${people.owner.id}`,
    ])
    expect(rest.every(({ durationMs, outcome }) => durationMs !== undefined && outcome === 'ok')).to.equal(true)
  })

  it('draws who did what, with the time of each hop, and each denial as a line of its own', async () => {
    const { page, wrong } = await open('map/11?show=happened')
    await page.locator(`[data-node="${people.owner.id}"]`).waitFor()

    const { owner, stranger, visitor } = people
    const index = `Media/private/index/${owner.id}/content.json`
    expect(await linesOf(page)).to.include.members([
      `${owner.id}→Media`,
      'Media→ContentUpdated',
      'ContentUpdated→MediaContent',
      'MediaContent→UpdateContentIndex',
      `UpdateContentIndex→${index}`,
      `${index}→${owner.id} reads`,
      `${stranger.id}→Media denied`,
      `${stranger.id}→MediaContent denied`,
      `${visitor.id}→Media denied`,
      `${visitor.id}→SetVisibility denied`,
    ])
    const notes = await page.locator('text.noted').allTextContents()
    expect(notes.filter((note) => /^\+[\d.]+ m?s · [\d.]+ m?s$/.test(note)).length, `${notes}`).to.be.at.least(6)
    expect(notes.filter((note) => note.startsWith('✕ denied'))).to.have.length(4)
    const denials = await page.locator('path.edge.denied title').allTextContents()
    expect(
      denials.filter((text) => /^denied: \S+ on arn:\S.*: no identity-based policy allows/.test(text)),
      `${denials}`,
    ).to.have.length(4)
    expect(wrong).to.deep.equal([])
  })

  it('shows one identity alone, and why it was denied', async () => {
    const { page } = await open('map/11?show=happened')
    await page.locator(`[data-node="${people.stranger.id}"]`).waitFor()
    await page.getByRole('combobox', { name: 'Who' }).selectOption({ label: STRANGER })

    await page.locator(`[data-node="${people.owner.id}"]`).waitFor({ state: 'detached' })
    expect(await linesOf(page)).to.have.members([
      `${people.stranger.id}→Media denied`,
      `${people.stranger.id}→MediaContent denied`,
    ])
    await page.getByRole('button', { name: /^s3:GetObject on Media/ }).click()
    expect(await page.locator('dl.why dt').allTextContents()).to.deep.equal(['denied', 'on', 'why', 'nearest'])
    const [action, resource, because, nearest] = await page.locator('dl.why dd').allTextContents()
    expect([action, because]).to.deep.equal(['s3:GetObject', 'no identity-based policy allows the s3:GetObject action'])
    expect(resource).to.contain(`private/content/${people.owner.id}/a<b>`)
    expect(nearest).to.match(/^SampleAuthSignedIn.* OwnMedia, statement 1: resource /)
    expect(page.url()).to.contain(`who=${encodeURIComponent(people.stranger.id)}`)
  })

  it('makes of a trace a map of its own, readable among all chapters and on a phone', async () => {
    for (const options of [{}, { viewport: PHONE, reducedMotion: 'reduce' }]) {
      const { page, wrong } = await open('map/all', options)
      await page.locator('[data-node="GreetingsOnDemand"]').waitFor()
      await page.getByRole('button', { name: /^s3:PutObject on Media.*john@example\.com/ }).click()

      await page.locator('[data-node="GreetingsOnDemand"]').waitFor({ state: 'detached' })
      const names = await page.locator('svg.map .node').allTextContents()
      expect(names.length, `${names}`).to.be.within(7, 9)
      expect(names.filter((text) => text.includes('object in Media'))).to.have.length(3)
      expect(names.some((text) => /contentUpdated.*ran [\d.]+ m?s/.test(text))).to.equal(true)
      expect(names.some((text) => text.includes('reads it'))).to.equal(true)
      await page.getByRole('button', { name: 'Replay' }).click()
      await page.locator('[data-node="MediaContent"][data-lit="ok"]').waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).to.equal(true)
      expect(wrong).to.deep.equal([])
    }
  })

  it('gives a trace as a picture that a browser and a viewer of pictures open', async () => {
    const { page } = await open('map/11')
    await page.getByRole('button', { name: /^s3:PutObject on Media.*john@example\.com/ }).click()
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Save as SVG' }).click()
    const download = await downloading
    const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-test-'))
    const file = join(folder, download.suggestedFilename())
    try {
      await download.saveAs(file)
      const svg = readFileSync(file, 'utf8')

      expect(download.suggestedFilename()).to.equal('trace-s3-putobject-on-media.svg')
      for (const colorScheme of ['light', 'dark'] as const) {
        const viewer = await browser.newPage({ colorScheme })
        const asked: string[] = []
        viewer.on('request', (request) => asked.push(request.url()))
        await viewer.goto(`file://${file}`)
        // A strict reader: what is not XML has a `parsererror` in it.
        const found = await viewer.evaluate(`(() => {
          const { documentElement } = new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml')
          return [document.documentElement.nodeName, documentElement.querySelectorAll('parsererror, script').length,
            getComputedStyle(document.querySelector('rect')).fill,
            [...documentElement.querySelectorAll('text, title')].map(({ textContent }) => textContent).join('|')]
        })()`)
        const [root, bad, ground, texts] = found as [string, number, string, string]
        expect([root, bad]).to.deep.equal(['svg', 0])
        expect(ground).to.equal(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(26, 30, 39)')
        expect(texts).to.contain('john@example.com').and.to.contain('a<b> & "c"\ufffd 写真.gif')
        expect(asked).to.deep.equal([`file://${file}`])
        await viewer.close()
      }
      const viewer = await browser.newPage()
      await viewer.setContent(`<img src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`)
      await until(viewer, "document.querySelector('img').naturalWidth > 900")
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('gives the picture to whoever has the token, and to nobody else', async () => {
    const { id } = await uploadTrace()
    const right = await get(`traces/${id}.svg`)
    const none = await fetch(`${cloud.cloud.url}/_console/api/traces/${id}.svg`)
    const foreign = await get(`traces/${id}.svg`, { origin: 'http://evil.example' })
    const unknown = await get('traces/0000000000000000.svg')
    const folder = await get(`traces/${id}.svg/more`)

    expect([right.status, none.status, foreign.status, unknown.status, folder.status]).to.deep.equal([
      ...[200, 403, 403, 404, 404],
    ])
    expect(right.headers.get('content-type')).to.equal('image/svg+xml')
    expect(right.headers.get('content-disposition')).to.equal('attachment; filename="trace-s3-putobject-on-media.svg"')
    expect(right.headers.get('content-security-policy')).to.match(/^sandbox; default-src 'none'/)
    expect(right.headers.get('x-content-type-options')).to.equal('nosniff')
    expect(await unknown.json()).to.deep.equal({ message: 'This trace is not kept any more.' })
  })

  it('heads a removal as one that went well: what its function is told of the gone picture stays marked', async () => {
    const [{ object = '' } = {}] = (await uploadTrace()).hops
    await people.owner.s3.deleteObject({ Bucket: 'local-123456789012-media', Key: object })
    await cloud.settled()
    const { page } = await open('map/11')
    const row = page.getByRole('button', { name: /^s3:DeleteObject on Media.*john@example\.com/ })
    await row.click()

    expect(await row.locator('.tag').getAttribute('class')).to.equal('tag good')
    await page.locator('dl.why').first().waitFor()
    const why = await page.locator('dl.why').allTextContents()
    expect(why, `${why}`).to.have.length(2)
    for (const text of why) expect(text).to.contain('s3:ListBucket')
  })
})
