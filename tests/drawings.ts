import type { Page } from 'playwright-core'

/** What is wrong with a drawing, as a browser shows it. */
export interface Faults {
  /** Texts that leave the drawing; names that leave their box. */
  outside: string[]
  /** Texts that lie on others. */
  touching: string[]
  /** The least contrast of text and what it may stand on. */
  contrast: number
}

/** Looks at the one drawing (`lib/draw.ts` of chapter 8) that a page shows. */
export const faultsOf = (page: Page): Promise<Faults> =>
  page.evaluate<Faults>(`(() => {
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
