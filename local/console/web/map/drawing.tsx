import { useEffect, useRef } from 'preact/hooks'
import { drawing, type IconName } from '../parts/icons.tsx'
import { type Laid, lineKey, NODE } from './layout.ts'
import { type Lit, TRAVEL } from './player.ts'

/** A resource or a function on the map. */
export interface Drawn {
  id: string
  icon: IconName
  name: string
  /** What it is, in a word or two: `function`, `bucket`. */
  what: string
  /** Its own name, where that is another one. */
  also?: string
  /** Its page, where it has one. */
  href?: string
}

export interface DrawnLine {
  from: string
  to: string
  /** An event goes along it, or a function may call. */
  kind: 'event' | 'access'
  /** `s3:ObjectCreated:* images/` */
  label: string
}

/** How many letters fit on a line of a node. */
const LETTERS = 20

/** A name on one line, or on two: cut between two words of it, as near to its middle as can be. */
const linesOf = (name: string): string[] => {
  if (name.length <= LETTERS) return [name]
  const cuts = [...name.matchAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[-_/.])/g)].map(({ index }) => index)
  const middle = name.length / 2
  const at = cuts.sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle))[0] ?? LETTERS
  return [name.slice(0, at), name.slice(at)].map((line) =>
    line.length > LETTERS ? `${line.slice(0, LETTERS - 1)}…` : line,
  )
}

/** What moves along a line: an event on its way. */
const Pulse = ({ line, bad }: { line: string; bad: boolean }) => {
  const dot = useRef<SVGCircleElement>(null)
  useEffect(() => {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    path.setAttribute('d', line)
    const length = path.getTotalLength()
    const began = performance.now()
    let frame = 0
    const move = () => {
      const part = Math.min((performance.now() - began) / TRAVEL, 1)
      const eased = part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2
      // What is refused never arrives.
      const { x, y } = path.getPointAtLength(length * eased * (bad ? 0.85 : 1))
      dot.current?.setAttribute('cx', x.toFixed(1))
      dot.current?.setAttribute('cy', y.toFixed(1))
      if (part < 1) frame = requestAnimationFrame(move)
    }
    move()
    return () => cancelAnimationFrame(frame)
  }, [line, bad])
  return <circle ref={dot} class={bad ? 'pulse bad' : 'pulse'} r="6" />
}

const Node = ({ node, laid, lit }: { node: Drawn; laid: Laid; lit: Lit }) => {
  const spot = laid.spots.get(node.id)
  if (!spot) return null
  const left = spot.x - NODE.width / 2
  const top = spot.y - NODE.height / 2
  const names = linesOf(node.name)
  const body = (
    <>
      <rect width={NODE.width} height={NODE.height} rx="10" />
      <g
        transform="translate(12 16)"
        fill="none"
        stroke="currentColor"
        stroke-width="1.7"
        stroke-linecap="round"
        stroke-linejoin="round"
      >
        {drawing(node.icon)}
      </g>
      {names.map((line, at) => (
        <text key={line} x="46" y={(names.length === 1 ? 25 : 20) + at * 15}>
          {line}
        </text>
      ))}{' '}
      <text class="sub" x="46" y={names.length === 1 ? 42 : 49}>
        {node.what}
      </text>
    </>
  )
  const common = {
    class: `node of-${node.icon}`,
    transform: `translate(${left} ${top})`,
    'data-lit': lit.nodes.get(node.id),
    'data-node': node.id,
  }
  return node.href ? (
    <a {...common} href={node.href}>
      {body}
    </a>
  ) : (
    <g {...common}>{body}</g>
  )
}

const Line = ({ line, laid, lit }: { line: DrawnLine; laid: Laid; lit: Lit }) => {
  const key = lineKey(line.from, line.to)
  const path = laid.lines.get(key)
  const light = lit.lines.get(key)
  return path ? (
    <path
      class={`edge ${line.kind}`}
      d={path}
      marker-end={`url(#arrow${light ?? ''})`}
      data-lit={light}
      data-line={key}
    >
      <title>{line.label}</title>
    </path>
  ) : null
}

const ARROW = { markerUnits: 'userSpaceOnUse', markerWidth: 11, markerHeight: 11, orient: 'auto' } as const

/** The map itself, at a size of which 1 is one pixel for one pixel. */
export const Drawing = (props: {
  label: string
  nodes: readonly Drawn[]
  lines: readonly DrawnLine[]
  laid: Laid
  lit: Lit
  zoom: number
}) => {
  const { label, nodes, lines, laid, lit, zoom } = props
  const { width, height } = laid
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of links inside a drawing
    <svg
      class="map"
      viewBox={`0 0 ${width} ${height}`}
      width={width * zoom}
      height={height * zoom}
      role="group"
      aria-label={label}
    >
      <defs>
        {['', 'ok', 'bad'].map((how) => (
          <marker key={how} id={`arrow${how}`} viewBox="0 0 8 8" refX="7.5" refY="4" {...ARROW}>
            <path class={`arrow ${how}`} d="M0 0L8 4L0 8z" />
          </marker>
        ))}
      </defs>
      {lines.map((line) => (
        <Line key={lineKey(line.from, line.to)} line={line} laid={laid} lit={lit} />
      ))}
      {nodes.map((node) => (
        <Node key={node.id} node={node} laid={laid} lit={lit} />
      ))}
      {lit.pulses.map(({ id, from, to, bad }) => {
        const path = laid.lines.get(lineKey(from, to))
        return path && <Pulse key={id} line={path} bad={bad} />
      })}
    </svg>
  )
}
