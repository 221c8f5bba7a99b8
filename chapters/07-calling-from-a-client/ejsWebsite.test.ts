import '../../tests/texts.ts'
import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'chai'
import { logged } from '../../tests/console.ts'

// After the import of texts.ts: it loads the templates.
const { handler } = await import('./ejsWebsite.ts')

const page = async (path: unknown) => (await handler({ path })).data
const heading = (html: string) => /<h1>(.*)<\/h1>/.exec(html)?.[1]
const links = (html: string) =>
  [...html.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)].map(([, href = '', text = '']) => [href, text])

describe('ejsWebsite', () => {
  for (const [path, title, shown] of [
    ['/', 'Home Page', { 'https://x/home/about/': 'About', 'https://x/home/contact/': 'Contact' }],
    ['/about/', 'About', { 'https://x/home/': 'Home Page', 'https://x/home/contact/': 'Contact' }],
    ['/contact/', 'Contact', { 'https://x/home/': 'Home Page', 'https://x/home/about/': 'About' }],
  ] as const)
    it(`makes ${path}, with links that stay under the stage`, async () => {
      const html = await page(path)

      expect(html).to.match(/^<!doctype html>/)
      expect(html).to.contain(`<title>${title}</title>`)
      expect(heading(html)).to.equal(title)
      const led = links(html).map(([href, text]) => [new URL(href ?? '', `https://x/home${path}`).href, text])
      expect(Object.fromEntries(led)).to.deep.equal(shown)
    })

  it("shows the page's name and the server's time, bold", async () => {
    const before = Date.now()

    const html = await page('/about/')

    const [, name, time = ''] = /page <b>(.*)<\/b>.*<b><time>(.*)<\/time><\/b>/.exec(html) ?? []
    expect(name).to.equal('About')
    expect(time).to.match(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
    expect(Date.parse(time)).to.be.within(Math.floor(before / 1000) * 1000, Date.now())
  })

  it('serves every template of content, and nothing else of it', async () => {
    const templates = globSync('content/**/index.ejs', { cwd: import.meta.dirname })
    const paths = templates.map((file) => dirname(file).replaceAll('\\', '/').replace('content', '').concat('/'))

    expect(paths).to.have.length(3)
    for (const path of paths) expect(heading(await page(path))).to.be.a('string')
  })

  for (const path of [
    ...['/prices/', '/about', 'about', '', '//', '/About/', '/about//', '/index.ejs/', '/head/', '/head.ejs'],
    ...['/../', '/about/../', '/../../etc/passwd', '/..%2F..%2Fetc%2Fpasswd/', '/%2e%2e/', '/..\\..\\/', '/\0/'],
    ...['/__proto__/', '/constructor/', '__proto__', 'toString', '/'.repeat(100_000)],
    ...[undefined, null, 5, {}, [], ['/'], { toString: '/' }],
  ])
    it(`refuses ${JSON.stringify(path)?.slice(0, 40)} with Error 404`, async () => {
      const error = await logged(() => page(path)).catch((error: Error) => error)

      expect((error as Error).message).to.equal('Error 404')
    })

  it('lets every page run no script, and has none', async () => {
    for (const path of ['/', '/about/', '/contact/']) {
      const html = await page(path)

      expect(html, path).to.match(/<meta http-equiv="Content-Security-Policy" content="default-src 'none';[^"]*">/)
      expect(html, path).not.to.match(/script-src|<script|\son\w+=/)
    }
  })

  it('refuses an event that is none', async () => {
    const error = await logged(() => handler(null)).catch((error: Error) => error)

    expect((error as Error).message).to.equal('Error 404')
  })
})
