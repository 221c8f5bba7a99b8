import { useEffect, useRef } from 'preact/hooks'
import { drawings } from '../../picture/drawings.ts'
import { type Laid, NODE, NOTE } from '../../picture/layout.ts'
import { type Drawn, type DrawnLine, lineKey } from '../../picture/looks.ts'
import { cutTo, nameLines } from '../../picture/text.ts'
import { type Lit, TRAVEL } from './player.ts'

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
  const names = nameLines(node.name)
  const body = (
    <>
      <rect width={NODE.width} height={NODE.height} rx="10" />
      {node.also && <title>{node.also}</title>}
      <path
        d={drawings[node.icon]}
        transform="translate(12 16)"
        fill="none"
        stroke="currentColor"
        stroke-width="1.7"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
      {names.map((line, at) => (
        <text key={line} x="46" y={(names.length === 1 ? 25 : 20) + at * 15}>
          {line}
        </text>
      ))}{' '}
      <text class="sub" x="46" y={names.length === 1 ? 42 : 49}>
        {cutTo(node.what, 32)}
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
  const key = lineKey(line)
  const place = laid.lines.get(key)
  const light = lit.lines.get(key) ?? (line.kind === 'denied' || line.failed ? 'bad' : undefined)
  return place ? (
    <path
      class={`edge ${line.kind}${line.failed ? ' failed' : ''}`}
      d={place.path}
      marker-end={`url(#arrow${light ?? ''})`}
      data-lit={lit.lines.get(key)}
      data-line={key}
    >
      <title>{line.label}</title>
    </path>
  ) : null
}

/** What stands on a line: numbers, times. */
const Notes = ({ line: { notes = [], ...line }, laid }: { line: DrawnLine; laid: Laid }) => {
  const place = laid.lines.get(lineKey(line))
  if (!place || notes.length === 0) return null
  const { x, y, width, height } = place
  const [left, top] = [x - width / 2, y - height / 2]
  const bad = line.kind === 'denied' || line.failed
  return (
    <g>
      <rect class="plate" x={left} y={top} width={width} height={height} rx="4" />
      {notes.map((note, at) => (
        <text key={note} class={bad ? 'noted bad' : 'noted'} x={x} y={top + NOTE.size + at * NOTE.height}>
          {note}
        </text>
      ))}
    </g>
  )
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
        <Line key={lineKey(line)} line={line} laid={laid} lit={lit} />
      ))}
      {lines.map((line) => (
        <Notes key={lineKey(line)} line={line} laid={laid} />
      ))}
      {nodes.map((node) => (
        <Node key={node.id} node={node} laid={laid} lit={lit} />
      ))}
      {lit.pulses.map(({ id, line, bad }) => {
        const place = laid.lines.get(line)
        return place && <Pulse key={id} line={place.path} bad={bad} />
      })}
    </svg>
  )
}
