import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { openBrowser } from '../../../tests/browser.ts'
import { faultsOf } from '../../../tests/drawings.ts'
import { drawSteps, steps } from '../lib/steps.ts'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

describe('the five steps of chapter 12', function () {
  this.timeout(30_000)

  it('are drawn as they are today, and stand in the README and on the page with words', () => {
    expect(read('web/steps.svg'), 'run diagrams/write.ts').to.equal(drawSteps())
    expect(read('README.md')).to.match(/!\[[^\]]{40,}\]\(web\/steps\.svg\)/)
    expect(read('web/index.html')).to.match(/<img src="steps\.svg" alt="[^"]{40,}"/)
    expect(steps).to.have.length(5)
  })

  for (const colorScheme of ['light', 'dark'] as const)
    it(`have text that stands out, in its box and apart from other text, ${colorScheme}`, async function () {
      const browser = await openBrowser(this)
      const page = await browser.newPage({ colorScheme })
      await page.setContent(drawSteps())

      const { outside, touching, contrast } = await faultsOf(page)
      if (process.env.SCREENSHOTS)
        await page.locator('svg').screenshot({ path: `${process.env.SCREENSHOTS}/steps-${colorScheme}.png` })
      await browser.close()

      expect(outside).to.deep.equal([])
      expect(touching).to.deep.equal([])
      expect(contrast).to.be.above(4.5)
    })
})
