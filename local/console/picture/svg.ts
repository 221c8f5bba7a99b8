import type { MapNode, Trace } from '../types.ts'
import { count, durationOf, momentOf } from '../web/lib/format.ts'
import { drawings } from './drawings.ts'
import { type Laid, laidOut, NODE, NOTE } from './layout.ts'
import { type Drawn, type DrawnLine, drawnNode, lineKey } from './looks.ts'
import { element, type Markup, text } from './markup.ts'
import { type StoryMap, storyMapOf } from './story.ts'
import { colourOf, STYLES } from './styles.ts'
import { cutTo, nameLines, wrapped } from './text.ts'
import { afterOf, reasonOf, spanOf } from './tree.ts'

const MARGIN = 24
const NARROWEST = 960
/** A wider map is drawn from top to bottom. */
const WIDEST = 1400
const ROW = 26
const WHY = 16
/** Letters of a reason on a line, for each pixel of width. */
const LETTERS = 1 / 6.4
/** Lines of a reason; what does not fit stands in the console. */
const LINES = 12

const write = (x: number, y: number, classes: string, value: string, more: Record<string, number> = {}): Markup =>
  element('text', { x, y, class: classes, ...more }, text(value))

const arrow = (id: string, colour: string): Markup =>
  element(
    'marker',
    {
      ...{ id, viewBox: '0 0 8 8', refX: 7.5, refY: 4, markerUnits: 'userSpaceOnUse' },
      ...{ markerWidth: 11, markerHeight: 11, orient: 'auto' },
    },
    element('polygon', { class: `f-${colour}`, points: '0,0 8,4 0,8' }),
  )

const nodeMarkup = (node: Drawn, { spots }: Laid): Markup => {
  const { x = 0, y = 0 } = spots.get(node.id) ?? {}
  const names = nameLines(node.name)
  const transform = `translate(${x - NODE.width / 2} ${y - NODE.height / 2})`
  return element(
    'g',
    { transform },
    element('title', {}, text(node.also ?? node.name)),
    element('rect', { ...NODE, rx: 10, class: 'f-ground s-strong', 'stroke-width': 1.2 }),
    element('path', {
      d: drawings[node.icon],
      transform: 'translate(12 16)',
      class: `s-${colourOf(node.icon)}`,
      ...{ 'stroke-width': 1.7, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
    }),
    ...names.map((name, at) => write(46, (names.length === 1 ? 25 : 20) + at * 15, 'f-text b', name)),
    write(46, names.length === 1 ? 42 : 49, 'f-muted n', cutTo(node.what, 31)),
  )
}

const coloursOf = ({ kind, failed }: DrawnLine): string => (kind === 'denied' || failed ? 'bad' : 'accent')

const lineMarkup = (line: DrawnLine, { lines }: Laid): Markup[] => {
  const laid = lines.get(lineKey(line))
  if (!laid) return []
  const colour = coloursOf(line)
  return [
    element('path', {
      d: laid.path,
      class: `s-${colour}`,
      'stroke-width': 1.8,
      'stroke-dasharray': line.kind === 'event' ? undefined : line.kind === 'denied' ? '2 4' : '6 4',
      'marker-end': `url(#${colour})`,
    }),
  ]
}
const noteMarkup = (line: DrawnLine, { lines }: Laid): Markup[] => {
  const { notes = [] } = line
  const { x = 0, y = 0, width = 0, height = 0 } = lines.get(lineKey(line)) ?? {}
  const colour = coloursOf(line) === 'bad' ? 'f-bad' : 'f-text'
  return [
    element('rect', { x: x - width / 2, y: y - height / 2, width, height, rx: 4, class: 'f-ground' }),
    ...notes.map((note, at) => write(x, y - height / 2 + NOTE.size + at * NOTE.height, `n m ${colour}`, note)),
  ]
}

/** The hops one below the other, each with its bar on the time of the trace, and why it ended badly. */
const fallMarkup = (trace: Trace, { steps, nodes }: StoryMap, top: number, width: number) => {
  const names = new Map(nodes.map(({ id, name }) => [id, name]))
  const span = spanOf(trace)
  const [bars, times] = [Math.min(width * 0.52, 640), width - 150]
  const parts: Markup[] = []
  let y = top
  for (const { row, from, to } of steps) {
    const { hop, number, depth, cause } = row
    const isBad = hop.outcome !== 'ok'
    const left = MARGIN + 30 + Math.min(depth, 6) * 12
    const ends = from === to ? `${names.get(to)}` : `${names.get(from)} → ${names.get(to)}`
    const room = Math.floor((bars - left - 10) / 7)
    const at = Math.min((hop.at - trace.at) / span, 0.985)
    const long = Math.max(Math.min((hop.durationMs ?? 0) / span, 1 - at), 0.012)
    const rail = times - 20 - bars
    parts.push(
      element('line', { x1: MARGIN, x2: width - MARGIN, y1: y, y2: y, class: 's-line' }),
      write(MARGIN + 20, y + 17, 'f-muted n e', String(number)),
      write(
        left,
        y + 17,
        isBad ? 'f-bad' : 'f-text',
        `${cutTo(ends, Math.max(12, room - hop.label.length))}  ${cutTo(hop.label, 40)}`,
      ),
      element('rect', { x: bars, y: y + 8, width: rail, height: 10, rx: 4, class: 'f-sunken' }),
      element('rect', {
        ...{ x: Math.round(bars + at * rail), y: y + 8, width: Math.ceil(long * rail), height: 10, rx: 4 },
        class: isBad ? 'f-bad' : 'f-accent',
      }),
      write(times + 46, y + 17, 'f-muted n e', `+${durationOf(afterOf(hop, cause))}`),
      write(width - MARGIN, y + 17, 'f-text n e', hop.durationMs === undefined ? '…' : durationOf(hop.durationMs)),
    )
    y += ROW
    const lines = isBad ? wrapped(reasonOf(hop), Math.floor((width - left - MARGIN) * LETTERS)) : []
    for (const [index, line] of lines.slice(0, LINES).entries()) {
      const more = index === LINES - 1 && lines.length > LINES
      parts.push(write(left, y + 10, 'f-bad n', more ? `${line} …` : line))
      y += WHY
    }
  }
  return { parts, height: y - top }
}

/**
 * A trace as a picture that stands alone: an SVG with its own styles, light or dark as the viewer is, and without
 * scripts, links and anything from elsewhere. Every text in it is escaped. @param nodeOf a node of the map by its id
 */
export const svgOf = (trace: Trace, nodeOf: (id: string) => MapNode | undefined): string => {
  const story = storyMapOf(trace, nodeOf)
  const ids = story.nodes.map(({ id }) => id)
  const wide = laidOut(ids, story.lines)
  const laid = wide.width > WIDEST ? laidOut(ids, story.lines, 'TB') : wide
  const width = Math.ceil(Math.max(NARROWEST, laid.width + 2 * MARGIN))
  const letters = Math.floor((width - 2 * MARGIN) / 10)
  const who = [...new Set(trace.hops.flatMap(({ from, to }) => [from, to]))].flatMap((id) => {
    const node = nodeOf(id)
    return node?.kind === 'person' ? [`${drawnNode(node).name} (${id})`] : []
  })
  const facts = [momentOf(trace.at, 0), count(trace.hops.length, 'hop'), durationOf(spanOf(trace)), ...who].join(
    '  ·  ',
  )
  const head = wrapped(facts, Math.floor((width - 2 * MARGIN) * LETTERS))
  const mapTop = 64 + head.length * WHY
  const fallTop = mapTop + laid.height + 24
  const fall = fallMarkup(trace, story, fallTop, width)
  const height = Math.ceil(fallTop + fall.height + 40)
  const legend =
    'Solid: an event. Dashed: a call. Dotted and red: denied. “+7 ms · 3 ms”: how long after its cause it began, and how long it took.'
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' },
    element('title', {}, text(trace.title)),
    element('desc', {}, text(facts)),
    element('style', {}, STYLES as Markup),
    element('defs', {}, arrow('accent', 'accent'), arrow('bad', 'bad')),
    element('rect', { width, height, class: 'f-ground' }),
    write(MARGIN, 40, 'f-text h', cutTo(trace.title, letters)),
    ...head.map((line, at) => write(MARGIN, 64 + at * WHY, 'f-muted', line)),
    element(
      'g',
      { transform: `translate(${Math.max(0, Math.floor((width - laid.width) / 2))} ${mapTop})` },
      ...story.lines.flatMap((line) => lineMarkup(line, laid)),
      ...story.nodes.map((node) => nodeMarkup(node, laid)),
      ...story.lines.flatMap((line) => noteMarkup(line, laid)),
    ),
    ...fall.parts,
    write(MARGIN, height - 18, 'f-muted n', legend),
  )}\n`
}
