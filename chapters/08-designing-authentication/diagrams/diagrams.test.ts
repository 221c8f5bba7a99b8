import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../../../tests/browser.ts'
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

          const { outside, touching, contrast } = await page.evaluate<{
            outside: string[]
            touching: string[]
            contrast: number
          }>(`(() => {
            const svg = document.querySelector('svg')
            const texts = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect(), text])
            const boxes = [...svg.querySelectorAll('.box')].map((box) => box.getBoundingClientRect())
            const holds = (outer, inner) => outer.left <= inner.left && outer.right >= inner.right && outer.top <= inner.top && outer.bottom >= inner.bottom
            const frame = svg.getBoundingClientRect()
            const outside = texts.filter(([, rect, text]) => !holds(frame, rect) || (text.classList.contains('actor') && !boxes.some((box) => holds(box, rect))))
            const touch = (a, b) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom - 3 && b.top + 3 < a.bottom - 3
            const touching = texts.filter(([, a], i) => texts.some(([, b], j) => j > i && touch(a, b)))
            const luminance = (color) => {
              const [r, g, b] = color.match(/[\\d.]+/g).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
              return 0.2126 * r + 0.7152 * g + 0.0722 * b
            }
            const grounds = ['.paper', '.box'].map((name) => luminance(getComputedStyle(svg.querySelector(name)).fill))
            const inks = ['text', '.number'].flatMap((name) => [...svg.querySelectorAll(name)].slice(0, 1)).map((one) => luminance(getComputedStyle(one).fill))
            const ratios = inks.flatMap((ink) => grounds.map((ground) => (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)))
            return { outside: outside.map(([text]) => text), touching: touching.map(([text]) => text), contrast: Math.min(...ratios) }
          })()`)

          expect(outside, name).to.deep.equal([])
          expect(touching, name).to.deep.equal([])
          expect(contrast, name).to.be.above(4.5)
        }
        await context.close()
      })
  })
})
