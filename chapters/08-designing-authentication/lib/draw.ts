/** An arrow of a sequence, from one actor to another; or, with one actor only, what that one does by itself. */
export interface Step {
  from: string
  to?: string
  /** At most two lines. */
  text: string | [string, string]
  /** An answer: its arrow is dashed. */
  answer?: boolean
}

/** Who sends what to whom, in order of time from top to bottom. */
export interface Sequence {
  title: string
  actors: string[]
  steps: Step[]
}

const COLUMN = 190
const ROW = 46
const TOP = 34
const MARGIN = 14
const BOX = 140

/** One style for both colours: a drawing that stands in a page as an image follows the reader's setting. */
const STYLE = `
    :root { --ink: #1c2024; --quiet: #545b64; --paper: #ffffff; --box: #eaf1fd; --edge: #0b57c2; --line: #b4bbc6 }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8eaed; --quiet: #a9b1bb; --paper: #16181b; --box: #1c2b45; --edge: #8ab8ff; --line: #4b535e }
    }
    .paper { fill: var(--paper) }
    text { fill: var(--ink); font: 13px system-ui, sans-serif; text-anchor: middle }
    .actor { font-weight: 600 }
    .label { stroke: var(--paper); stroke-width: 4px; paint-order: stroke }
    .number { fill: var(--edge); font-weight: 600 }
    .box { fill: var(--box); stroke: var(--edge) }
    .life { stroke: var(--line); stroke-dasharray: 3 4 }
    .arrow { stroke: var(--edge); stroke-width: 1.5; fill: none; marker-end: url(#head) }
    .answer { stroke-dasharray: 6 4 }
    .head { fill: var(--edge) }
    .self { fill: var(--paper); stroke: var(--line) }
  `

export const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A whole drawing, which screen readers read by its title and description. */
export const svg = (width: number, height: number, title: string, description: string, body: string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
  <title id="title">${escaped(title)}</title>
  <desc id="description">${escaped(description)}</desc>
  <style>${STYLE}</style>
  <defs>
    <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">
      <path class="head" d="M0 0L8 4L0 8Z"/>
    </marker>
  </defs>
  <rect class="paper" width="${width}" height="${height}" rx="8"/>
${body.map((line) => `  ${line}\n`).join('')}</svg>
`

const linesOf = ({ text }: Pick<Step, 'text'>): string[] => (typeof text === 'string' ? [text] : text)

/** The words of a step: `2 · login → Users: read the user`. */
export const wordsOf = (step: Step, index: number): string =>
  `${index + 1} · ${step.from}${step.to ? ` → ${step.to}` : ''}: ${linesOf(step).join(' ')}`

const label = (x: number, y: number, lines: string[], number: number): string[] => {
  return lines.map((line, index) => {
    const first = index === 0 ? `<tspan class="number">${number} </tspan>` : ''
    return `<text class="label" x="${x}" y="${y - (lines.length - 1 - index) * 16}">${first}${escaped(line)}</text>`
  })
}

/** Draws a sequence: a column for each actor, an arrow for each step. */
export const drawSequence = ({ title, actors, steps }: Sequence): string => {
  const x = (actor: string) => {
    const index = actors.indexOf(actor)
    if (index < 0) throw new Error(`${title}: there is no actor ${actor}`)
    return MARGIN + BOX / 2 + index * COLUMN
  }
  let y = TOP + 2 * MARGIN
  const drawn = steps.flatMap((step, index) => {
    const lines = linesOf(step)
    y += ROW + (lines.length - 1) * 16
    const from = x(step.from)
    if (!step.to) {
      const height = 12 + lines.length * 16
      const width = COLUMN - 6
      const left = Math.max(from - width / 2, 4)
      const text = label(left + width / 2, y, lines, index + 1)
      return [
        `<rect class="self" x="${left}" y="${y - height + 8}" width="${width}" height="${height}" rx="6"/>`,
        ...text,
      ]
    }
    const to = x(step.to)
    const tip = to + (to > from ? -2 : 2)
    return [
      `<path class="arrow${step.answer ? ' answer' : ''}" d="M${from} ${y}H${tip}"/>`,
      ...label((from + to) / 2, y - 7, lines, index + 1),
    ]
  })
  const bottom = y + 22
  const width = 2 * MARGIN + BOX + (actors.length - 1) * COLUMN
  const columns = actors.flatMap((actor) => [
    `<path class="life" d="M${x(actor)} ${MARGIN + TOP}V${bottom}"/>`,
    `<rect class="box" x="${x(actor) - BOX / 2}" y="${MARGIN}" width="${BOX}" height="${TOP}" rx="6"/>`,
    `<text class="actor" x="${x(actor)}" y="${MARGIN + 22}">${escaped(actor)}</text>`,
  ])
  return svg(width, bottom + MARGIN, title, steps.map(wordsOf).join('; '), [...columns, ...drawn])
}

/** Boxes in columns, and who calls whom: `[from, to, what]`. */
export interface Model {
  title: string
  columns: string[][]
  calls: [string, string, string?][]
}

/** Draws a model: each column's boxes below each other, each call an arrow to a later column. */
export const drawModel = ({ title, columns, calls }: Model): string => {
  const WIDE = 180
  const APART = 290
  const STEP = 62
  const rows = Math.max(...columns.map((column) => column.length))
  const height = rows * STEP + 2 * MARGIN
  const places = new Map(
    columns.flatMap((column, at) =>
      column.map((name, row) => {
        const y = MARGIN + ((row + 0.5) * rows * STEP) / column.length
        return [name, { x: MARGIN + WIDE / 2 + at * APART, y }] as const
      }),
    ),
  )
  const place = (name: string) => {
    const found = places.get(name)
    if (!found) throw new Error(`${title}: there is no box ${name}`)
    return found
  }
  const arrows = calls.map(([from, to]) => {
    const [a, b] = [place(from), place(to)]
    const [start, end] = [a.x + WIDE / 2, b.x - WIDE / 2 - 2]
    const middle = (start + end) / 2
    return `<path class="arrow" d="M${start} ${a.y}C${middle} ${a.y} ${middle} ${b.y} ${end} ${b.y}"/>`
  })
  const boxes = [...places].flatMap(([name, { x, y }]) => [
    `<rect class="box" x="${x - WIDE / 2}" y="${y - 19}" width="${WIDE}" height="38" rx="6"/>`,
    `<text class="actor" x="${x}" y="${y + 4}">${escaped(name)}</text>`,
  ])
  const description = calls.map(([from, to, what]) => `${from} → ${to}${what ? ` (${what})` : ''}`).join('; ')
  return svg(2 * MARGIN + WIDE + (columns.length - 1) * APART, height, title, description, [...arrows, ...boxes])
}
