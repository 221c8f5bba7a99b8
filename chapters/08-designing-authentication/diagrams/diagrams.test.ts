import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../../../tests/browser.ts'
import { faultsOf } from '../../../tests/drawings.ts'
import { drawModel, drawSequence } from '../lib/draw.ts'
import { flows, model } from '../lib/flows.ts'

const drawings = {
  model: drawModel(model),
  ...Object.fromEntries(Object.entries(flows).map(([name, flow]) => [name, drawSequence(flow)])),
}
const names = Object.keys(drawings) as (keyof typeof drawings)[]
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

describe('the drawings of chapter 8', function () {
  this.timeout(30_000)

  for (const name of names)
    it(`${name}.svg is what is drawn today, and stands in the README with words`, () => {
      const stored = readFileSync(new URL(`./${name}.svg`, import.meta.url), 'utf8')

      expect(stored, 'run diagrams/write.ts').to.equal(drawings[name])
      expect(readme).to.match(new RegExp(`!\\[[^\\]]{40,}\\]\\(diagrams/${name}\\.svg\\)`))
    })

  it('refuses an actor that is not there', () => {
    const steps = [{ from: 'a', to: 'b', text: 'x' }]

    expect(() => drawSequence({ title: 'T', actors: ['a'], steps })).to.throw('T: there is no actor b')
    expect(() => drawModel({ title: 'T', columns: [['a']], calls: [['a', 'b']] })).to.throw('T: there is no box b')
  })

  it('shows text as text', () => {
    const drawn = drawSequence({ title: '<T>', actors: ['<a>'], steps: [{ from: '<a>', text: 'x & </svg><script>' }] })

    expect(drawn).to.contain('x &amp; &lt;/svg&gt;&lt;script&gt;').and.not.to.contain('<script')
  })

  describe('in a browser', () => {
    let browser: Browser
    before(async function () {
      browser = await openBrowser(this)
    })
    after(() => browser?.close())

    for (const colorScheme of ['light', 'dark'] as const)
      it(`have text that stands out, in its box and apart from other text, ${colorScheme}`, async () => {
        const context = await browser.newContext({ colorScheme })
        const page = await context.newPage()
        for (const name of names) {
          await page.setContent(drawings[name])

          const { outside, touching, contrast } = await faultsOf(page)

          expect(outside, name).to.deep.equal([])
          expect(touching, name).to.deep.equal([])
          expect(contrast, name).to.be.above(4.5)
        }
        await context.close()
      })
  })
})
