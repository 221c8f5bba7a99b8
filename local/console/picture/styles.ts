import type { IconName } from './drawings.ts'

/** The colours of the console's pages, as light and as dark (`web/styles/base.css`): a picture stands alone. */
const COLOURS = {
  ground: ['#ffffff', '#1a1e27'],
  sunken: ['#f0f2f5', '#141820'],
  line: ['#dfe3e9', '#2c323f'],
  strong: ['#8a93a3', '#6f7a8f'],
  text: ['#1b2130', '#e7eaf0'],
  muted: ['#566074', '#a0a9ba'],
  accent: ['#4450c7', '#a5aefc'],
  bad: ['#b3261e', '#ffa199'],
  function: ['#b04a00', '#ffad66'],
  bucket: ['#2c7a36', '#86d790'],
  table: ['#2a5fc4', '#8db4ff'],
  queue: ['#a3276f', '#f493cb'],
  clock: ['#7a3fc0', '#cda5ff'],
  other: ['#4d5a70', '#b0bace'],
} as const

type Colour = keyof typeof COLOURS

/** Which colour an icon has. */
const OF: Partial<Record<IconName, Colour>> = {
  ...{ function: 'function', bucket: 'bucket', object: 'bucket', table: 'table' },
  ...{ queue: 'queue', topic: 'queue', clock: 'clock', rule: 'clock' },
}
export const colourOf = (icon: IconName): Colour => OF[icon] ?? 'other'

/** Fill and stroke classes for each colour, `f-text` and `s-text`. Without variables: not every viewer has them. */
const rules = (theme: 0 | 1): string =>
  Object.entries(COLOURS)
    .map(([name, colours]) => `.f-${name}{fill:${colours[theme]}}.s-${name}{stroke:${colours[theme]}}`)
    .join('')

/** The style sheet of a picture: light, and dark where the viewer asks for it. */
export const STYLES = `text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-size:12.5px}
.b{font-weight:600}.h{font-size:19px;font-weight:650}.n{font-size:11px}.e{text-anchor:end}.m{text-anchor:middle}
path{fill:none}
${rules(0)}@media(prefers-color-scheme:dark){${rules(1)}}`
