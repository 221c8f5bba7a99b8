import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { drawnNode, lineKey } from '../../picture/looks.ts'
import { type StoryMap, storyMapOf } from '../../picture/story.ts'
import { isBad } from '../../picture/tree.ts'
import type { ChapterMap, Hop, MapNode, Trace } from '../../types.ts'
import { api } from '../lib/api.ts'
import { type Live, useRefresh } from '../lib/live.ts'
import { useLoad } from '../lib/load.ts'
import { type Place, replaceQuery } from '../lib/router.ts'
import { MapBox } from './box.tsx'
import { TraceDetail, TraceList } from './list.tsx'
import { drawnOf, linked } from './nodes.ts'
import { overviewOf } from './overview.ts'
import { type Step, usePlayer, useStill } from './player.ts'
import { isOf, withHop } from './traces.ts'

const stepOf = (hop: Hop): Step => {
  const { from, to, outcome } = hop
  const line = lineKey({ from, to, kind: outcome === 'denied' ? 'denied' : 'access' })
  return { from, to, line, bad: isBad(hop) }
}

/** A trace's own steps, on its own map. */
const stepsOf = (story: StoryMap): Step[] =>
  story.steps.map(({ row: { hop }, from, to, line }) => ({
    from,
    to,
    line: line ? lineKey(line) : '',
    bad: isBad(hop),
  }))

/** What may be drawn: all that may happen, what has, or one trace. */
type Shown = 'all' | 'happened' | 'trace'

/** A map that follows what happens, and the traces of it. What is chosen stands in the address. */
export const Following = (props: { live: Live; map: ChapterMap; place: Place; choose: ComponentChildren }) => {
  const { live, map, place, choose } = props
  const open = place.query.get('trace') ?? ''
  const who = place.query.get('who') ?? ''
  const show = (place.query.get('show') ?? 'all') as Shown
  const set = (change: Record<string, string>) => replaceQuery(place, { trace: open, who, show, ...change })
  const { lit, play } = usePlayer(useStill())
  const plan = useMemo(() => drawnOf(map), [map])
  const here = useMemo(() => new Set(map.nodes.map(({ id }) => id)), [map])
  const known = useLoad('nodes', api.nodes)
  const before = useLoad('traces', api.traces)
  const [since, setSince] = useState<Hop[]>([])
  const nodes = useMemo(
    () => new Map<string, MapNode>([...(known.data ?? []), ...map.nodes].map((node) => [node.id, node])),
    [known.data, map],
  )
  const nodeOf = useMemo(() => (id: string) => nodes.get(id), [nodes])
  /** An identity may have come a moment ago. */
  const drawable = useMemo(() => (id: string) => nodes.has(id) || id.includes(':'), [nodes])
  const played = useRef(new Map<string, boolean>())
  // The server knows what began a trace, and whether it can be done again; and who an identity is.
  useRefresh(live, before.reload)
  useRefresh(live, known.reload)
  // What was heard before the list came stands in it.
  useEffect(() => setSince([]), [before.data])
  useEffect(
    () =>
      live.on('hop', (message) => {
        const hop = message as Hop
        setSince((hops) => [...hops, hop].slice(-1000))
        // A hop is told again when it ends: what a call is about may be known only then, or that it ended badly.
        if (!drawable(hop.from) || !drawable(hop.to)) return
        const name = `${hop.id} ${hop.at}`
        const told = played.current.get(name)
        if (told === undefined || (!told && isBad(hop))) play(hop.trace, [stepOf(hop)])
        if (played.current.size > 2000) played.current.clear()
        played.current.set(name, isBad(hop))
      }),
    [live, play, drawable],
  )
  const all = useMemo(() => {
    const traces = since.reduce<Trace[]>(withHop, [...(before.data ?? [])])
    return traces.filter(({ hops }) => hops.some(({ to }) => here.has(to) && to !== 'client'))
  }, [before.data, since, here])
  const traces = useMemo(() => all.filter((trace) => who === '' || isOf(trace, who)), [all, who])
  const people = useMemo(() => {
    const ids = new Set(all.flatMap(({ hops }) => hops.flatMap(({ from, to }) => [from, to])))
    return [...nodes.values()].filter(({ id, kind }) => (kind === 'person' || kind === 'client') && ids.has(id))
  }, [all, nodes])
  const trace = traces.find(({ id }) => id === open)
  const story = useMemo(() => trace && storyMapOf(trace, nodeOf), [trace, nodeOf])
  const drawn = useMemo(() => {
    if (!story || show !== 'trace') return overviewOf(plan, traces, nodeOf, show === 'all')
    const links = story.nodes.map((node) => {
      const resource = nodeOf(node.id)
      return resource ? { ...node, href: linked(resource).href } : node
    })
    return { nodes: links, lines: story.lines }
  }, [story, plan, traces, nodeOf, show])
  const chapter = map.chapter === 'all' ? 'all chapters' : `chapter ${Number(map.chapter)}`
  const label = story && show === 'trace' ? `Map of the trace ${trace?.title}` : `Map of ${chapter}`
  const name = (id: string) => {
    const node = nodeOf(id)
    return node ? drawnNode(node).name : id
  }
  const replay = () => {
    if (story && trace) play(`replay ${trace.id}`, show === 'trace' ? stepsOf(story) : trace.hops.map(stepOf))
  }
  return (
    <>
      <div class="row filters">
        {choose}
        <label class="field">
          <span>Who</span>
          <select value={who} onChange={({ currentTarget: { value } }) => set({ who: value, trace: '' })}>
            <option value="">everybody</option>
            {people.map((person) => (
              <option key={person.id} value={person.id}>
                {drawnNode(person).name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Show</span>
          <select
            value={show === 'trace' && !trace ? 'all' : show}
            onChange={({ currentTarget: { value } }) => set({ show: value })}
          >
            <option value="all">all that may happen</option>
            <option value="happened">what has happened</option>
            {trace && <option value="trace">the open trace</option>}
          </select>
        </label>
      </div>
      <MapBox label={label} nodes={drawn.nodes} lines={drawn.lines} lit={lit} />
      <div class={trace ? 'map-columns with-trace' : 'map-columns'}>
        <section class="card" aria-labelledby="traces">
          <h2 id="traces">Traces</h2>
          {traces.length === 0 ? (
            <p class="muted">Nothing has happened yet. Invoke a function, or put something where an event begins.</p>
          ) : (
            <TraceList
              traces={traces}
              name={name}
              open={open}
              choose={(id) =>
                set(id === open ? { trace: '', show: show === 'trace' ? 'all' : show } : { trace: id, show: 'trace' })
              }
            />
          )}
        </section>
        {trace && story && <TraceDetail key={trace.id} trace={trace} story={story} replay={replay} />}
      </div>
    </>
  )
}
