import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { laidOut } from '../../picture/layout.ts'
import { type Drawn, type DrawnLine, lineKey } from '../../picture/looks.ts'
import { Drawing } from './drawing.tsx'
import type { Lit } from './player.ts'

const STEP = 1.25
/** Smaller than this nobody reads a name: then the map scrolls. */
const SMALLEST = 0.72
const LARGEST = 2

/** The map in a box of its own, which scrolls and zooms; and the same in words. */
export const MapBox = (props: { label: string; nodes: readonly Drawn[]; lines: readonly DrawnLine[]; lit: Lit }) => {
  const { label, nodes, lines, lit } = props
  const box = useRef<HTMLElement>(null)
  const [width, setWidth] = useState(0)
  const [chosen, setChosen] = useState<number>()
  useEffect(() => {
    if (!box.current) return
    const watch = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0))
    watch.observe(box.current)
    return () => watch.disconnect()
  }, [])
  const wide = useMemo(
    () =>
      laidOut(
        nodes.map(({ id }) => id),
        lines,
      ),
    [nodes, lines],
  )
  const tooWide = width > 0 && wide.width * SMALLEST > width
  const laid = useMemo(() => {
    if (!tooWide) return wide
    const high = laidOut(
      nodes.map(({ id }) => id),
      lines,
      'TB',
    )
    return high.width < wide.width ? high : wide
  }, [nodes, lines, wide, tooWide])
  const fitting = Math.min(1.1, Math.max(SMALLEST, width / laid.width))
  const drawn = width > 0 && nodes.length > 0
  const zoom = chosen ?? fitting
  const by = (factor: number) => setChosen(Math.min(LARGEST, Math.max(0.3, zoom * factor)))
  return (
    <div class="stack">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard */}
      <section class="map-box" ref={box} tabIndex={0} aria-label={`${label}, drawn`}>
        {drawn && <Drawing label={label} nodes={nodes} lines={lines} laid={laid} lit={lit} zoom={zoom} />}
        {nodes.length === 0 && <p class="muted map-empty">Nothing of this has happened yet.</p>}
      </section>
      <div class="map-tools">
        <p class="muted small">
          Solid lines carry events, dashed ones are calls that a role allows, dotted red ones were denied. “+7 ms · 3
          ms”: how long after its cause it began, and how long it took.
        </p>
        <div class="zoom">
          <button type="button" class="button" aria-label="Smaller" onClick={() => by(1 / STEP)}>
            −
          </button>
          <button type="button" class="button" onClick={() => setChosen(undefined)}>
            Fit
          </button>
          <button type="button" class="button" aria-label="Larger" onClick={() => by(STEP)}>
            +
          </button>
        </div>
      </div>
      <InWords nodes={nodes} lines={lines} />
    </div>
  )
}

const VERBS: Record<DrawnLine['kind'], string> = {
  event: 'sends events to',
  access: 'may call',
  denied: 'was denied to call',
}

/** The map for those who do not see it, and for whoever prefers a list. */
const InWords = ({ nodes, lines }: { nodes: readonly Drawn[]; lines: readonly DrawnLine[] }) => {
  const name = (id: string) => nodes.find((node) => node.id === id)?.name ?? id
  return (
    <details class="words">
      <summary>The map as a list</summary>
      <ul class="list small">
        {nodes.map((node) => (
          <li key={node.id}>
            {node.href ? <a href={node.href}>{node.name}</a> : <strong>{node.name}</strong>}, {node.what}
            {node.also && <span class="muted"> {node.also}</span>}
            <ul class="inner">
              {lines
                .filter(({ from }) => from === node.id)
                .map((line) => (
                  <li key={lineKey(line)}>
                    {VERBS[line.kind]} {name(line.to)}:{' '}
                    <span class="muted">{[line.label, ...(line.notes ?? [])].join('; ')}</span>
                  </li>
                ))}
            </ul>
          </li>
        ))}
      </ul>
    </details>
  )
}
