import { escaped, svg } from '../../08-designing-authentication/lib/draw.ts'

/** Who takes part in an interaction: `client`, `function`, `resource`, and those that come after them. */
interface Step {
  title: string
  says: string
  /** From left to right. */
  boxes: string[]
  /** What leads from each box to the next: a call that waits for its answer, one that does not, or an event. */
  arrows: ('waits' | 'leaves' | 'event')[]
}

/** How the interaction model grows (figures 12.3 to 12.7). */
export const steps: Step[] = [
  {
    title: 'synchronous call',
    says: 'the client waits for the answer',
    boxes: ['client', 'function'],
    arrows: ['waits'],
  },
  {
    title: 'asynchronous call',
    says: 'the client does not wait',
    boxes: ['client', 'function'],
    arrows: ['leaves'],
  },
  {
    title: 'events of resources',
    says: 'what a function writes calls another',
    boxes: ['client', 'function', 'resource', 'function'],
    arrows: ['leaves', 'waits', 'event'],
  },
  {
    title: 'function to function',
    says: 'one calls the next, and leaves',
    boxes: ['client', 'function', 'function', 'resource'],
    arrows: ['leaves', 'leaves', 'waits'],
  },
  {
    title: 'client to resource',
    says: 'no function in between',
    boxes: ['client', 'resource', 'function', 'resource', 'function'],
    arrows: ['waits', 'event', 'waits', 'event'],
  },
]

const MARGIN = 14
const ROW = 84
const BOX = 92
const GAP = 62
const HEIGHT = 34

/** Draws the steps below each other: a call that waits has an answer, dashed; an event leaves a resource by itself. */
export const drawSteps = (): string => {
  const most = Math.max(...steps.map(({ boxes }) => boxes.length))
  const width = 2 * MARGIN + most * BOX + (most - 1) * GAP
  const left = (column: number) => MARGIN + column * (BOX + GAP)
  const drawn = steps.flatMap(({ title, says, boxes, arrows }, row) => {
    const top = MARGIN + row * ROW
    const y = top + 26
    const middle = y + HEIGHT / 2
    const calls = arrows.flatMap((kind, at) => {
      const [from, to] = [left(at) + BOX, left(at + 1)]
      if (kind === 'waits')
        return [
          `<path class="arrow" d="M${from} ${middle - 6}H${to - 2}"/>`,
          `<path class="arrow answer" d="M${to} ${middle + 6}H${from + 2}"/>`,
        ]
      if (kind === 'leaves') return [`<path class="arrow" d="M${from} ${middle}H${to - 2}"/>`]
      return [
        `<path class="arrow" d="M${from} ${middle}H${to - 2}"/>`,
        `<text class="label" x="${(from + to) / 2}" y="${middle - 7}">event</text>`,
      ]
    })
    return [
      `<text style="text-anchor: start" x="${MARGIN}" y="${top + 14}"><tspan class="number">${row + 1} </tspan>${escaped(`${title}: ${says}`)}</text>`,
      ...calls,
      ...boxes.flatMap((name, column) => [
        `<rect class="box" x="${left(column)}" y="${y}" width="${BOX}" height="${HEIGHT}" rx="6"/>`,
        `<text class="actor" x="${left(column) + BOX / 2}" y="${middle + 4}">${escaped(name)}</text>`,
      ]),
    ]
  })
  const words = { waits: 'calls and waits for', leaves: 'calls', event: 'calls by an event' }
  const description = steps
    .map(({ title, boxes, arrows }, row) => {
      const way = arrows.map((kind, at) => `${boxes[at]} ${words[kind]} ${boxes[at + 1]}`).join(', ')
      return `${row + 1} · ${title}: ${way}`
    })
    .join('; ')
  const height = 2 * MARGIN + steps.length * ROW - 24
  return svg(width, height, 'From a call to an event, in five steps', description, drawn)
}
