import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Chapter, ChapterMap, Hop, Trace } from '../../types.ts'
import { api } from '../lib/api.ts'
import { type Live, useRefresh } from '../lib/live.ts'
import { useLoad } from '../lib/load.ts'
import { link } from '../lib/router.ts'
import { MapBox } from '../map/box.tsx'
import { lineKey } from '../map/layout.ts'
import { TraceDetail, TraceList } from '../map/list.tsx'
import { drawnOf } from '../map/nodes.ts'
import { usePlayer, useStill } from '../map/player.ts'
import { isBad, stepOf, withHop } from '../map/traces.ts'
import { Page } from '../parts/shell.tsx'
import { Empty, Show } from '../parts/state.tsx'

/** The live map: of the chapter that the address names, or of the last one. */
export const MapPage = ({ live, chapter }: { live: Live; chapter?: string }) => {
  const chapters = useLoad('chapters', api.chapters)
  const shown = chapter ?? chapters.data?.findLast(({ id }) => id !== '')?.id
  return (
    <Page title="Live map" lead="Resources and functions, and the events between them as they happen.">
      <Show of={chapters}>
        {(data) =>
          shown === undefined ? (
            <Empty title="Nothing is deployed">Start with a template: npm start.</Empty>
          ) : (
            <>
              <Choose chapters={data} chapter={shown} />
              <Mapped key={shown} live={live} chapter={shown} />
            </>
          )
        }
      </Show>
    </Page>
  )
}

const Choose = ({ chapters, chapter }: { chapters: readonly Chapter[]; chapter: string }) => (
  <div class="row">
    <label class="field">
      <span>Chapter</span>
      <select
        value={chapter}
        onChange={({ currentTarget }) => {
          location.hash = link(['map', currentTarget.value])
        }}
      >
        {chapters
          .filter(({ id }) => id !== '')
          .map(({ id, title }) => (
            <option key={id} value={id}>
              {Number(id)}. {title}
            </option>
          ))}
      </select>
    </label>
  </div>
)

const Mapped = ({ live, chapter }: { live: Live; chapter: string }) => {
  const map = useLoad(`map ${chapter}`, (signal) => api.map(chapter, signal))
  return <Show of={map}>{(data) => <Following live={live} map={data} />}</Show>
}

const Following = ({ live, map }: { live: Live; map: ChapterMap }) => {
  const still = useStill()
  const { lit, play } = usePlayer(lineKey, still)
  const { nodes, lines } = useMemo(() => drawnOf(map), [map])
  const before = useLoad('traces', api.traces)
  const [since, setSince] = useState<Hop[]>([])
  const here = useMemo(() => new Set(nodes.map(({ id }) => id)), [nodes])
  const [open, setOpen] = useState<string>()
  const shown = useRef(new Map<string, boolean>())
  // The server knows what began a trace, and whether it can be done again.
  useRefresh(live, before.reload)
  const name = useCallback((id: string) => nodes.find((node) => node.id === id)?.name ?? id, [nodes])
  useEffect(
    () =>
      live.on('hop', (message) => {
        const hop = message as Hop
        setSince((hops) => [...hops, hop].slice(-1000))
        // A hop is told again when it ends: what a call is about may be known only then, or that it ended badly.
        if (!here.has(hop.from) || !here.has(hop.to)) return
        const told = shown.current.get(hop.id)
        if (told === undefined || (!told && isBad(hop))) play(hop.trace, [stepOf(hop)])
        shown.current.set(hop.id, isBad(hop))
      }),
    [live, play, here],
  )
  const traces = useMemo(() => {
    const all = since.reduce<Trace[]>(withHop, [...(before.data ?? [])])
    return all.filter(({ hops }) => hops.some(({ to }) => here.has(to)))
  }, [before.data, since, here])
  const trace = traces.find(({ id }) => id === open)
  const replay = () => trace && play(`replay ${trace.id}`, trace.hops.map(stepOf))
  return (
    <>
      <MapBox label={`Map of chapter ${Number(map.chapter)}`} nodes={nodes} lines={lines} lit={lit} />
      <div class={trace ? 'map-columns with-trace' : 'map-columns'}>
        <section class="card" aria-labelledby="traces">
          <h2 id="traces">Traces</h2>
          {traces.length === 0 ? (
            <p class="muted">Nothing has happened yet. Invoke a function, or put something where an event begins.</p>
          ) : (
            <TraceList traces={traces} open={open} choose={(id) => setOpen(id === open ? undefined : id)} />
          )}
        </section>
        {trace && <TraceDetail trace={trace} name={name} replay={replay} />}
      </div>
    </>
  )
}
