import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

/** One step of an event on its way: from node to node. */
export interface Step {
  from: string
  to: string
  /** The key of the line between them. */
  line: string
  /** It was refused: nothing came through. */
  bad: boolean
}

export type Light = 'ok' | 'bad'

/** What shines on the map right now. */
export interface Lit {
  nodes: ReadonlyMap<string, Light>
  lines: ReadonlyMap<string, Light>
  pulses: readonly (Step & { id: number })[]
}

/** How long an event takes along a line, and how long what it has reached shines, in milliseconds. */
export const TRAVEL = 650
const SHINE = 2600

/** A flood of events is not acted out: what comes on top of this many is in the list of traces only. */
const TRACES = 12
const STEPS = 60

const DARK: Lit = { nodes: new Map(), lines: new Map(), pulses: [] }

const withEntry = (map: ReadonlyMap<string, Light>, key: string, light: Light) => new Map(map).set(key, light)
const without = (map: ReadonlyMap<string, Light>, key: string) => {
  const copy = new Map(map)
  copy.delete(key)
  return copy
}

/**
 * Plays steps on the map. In truth an event passes some of them within a millisecond: each trace shows its steps one
 * after the other, different traces at the same time.
 * @param still shows no movement: lines and nodes light up only
 */
export const usePlayer = (still: boolean) => {
  const [lit, setLit] = useState(DARK)
  const queues = useRef(new Map<string, Step[]>())
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>())
  const ids = useRef(0)
  /** How often each thing was lit: only the last time puts it out. */
  const turns = useRef(new Map<string, number>())

  const later = useCallback((ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.current.delete(timer)
      run()
    }, ms)
    timers.current.add(timer)
  }, [])

  const light = useCallback(
    (part: 'nodes' | 'lines', key: string, how: Light) => {
      const name = `${part} ${key}`
      const turn = (turns.current.get(name) ?? 0) + 1
      turns.current.set(name, turn)
      setLit((before) => ({ ...before, [part]: withEntry(before[part], key, how) }))
      later(SHINE, () => {
        if (turns.current.get(name) === turn) setLit((before) => ({ ...before, [part]: without(before[part], key) }))
      })
    },
    [later],
  )

  const run = useCallback(
    (trace: string) => {
      const step = queues.current.get(trace)?.[0]
      if (!step) return queues.current.delete(trace)
      const how = step.bad ? 'bad' : 'ok'
      const id = ++ids.current
      const moves = step.from !== step.to
      if (moves) {
        light('nodes', step.from, 'ok')
        light('lines', step.line, how)
        if (!still) setLit((before) => ({ ...before, pulses: [...before.pulses, { ...step, id }] }))
      }
      later(moves ? TRAVEL : 0, () => {
        setLit((before) => ({ ...before, pulses: before.pulses.filter((pulse) => pulse.id !== id) }))
        light('nodes', step.to, how)
        queues.current.get(trace)?.shift()
        run(trace)
      })
    },
    [later, light, still],
  )

  const play = useCallback(
    (trace: string, steps: readonly Step[]) => {
      const queue = queues.current.get(trace)
      if (queue) queue.push(...steps.slice(0, STEPS - queue.length))
      else if (queues.current.size < TRACES) {
        queues.current.set(trace, [...steps])
        run(trace)
      }
    },
    [run],
  )

  useEffect(() => () => timers.current.forEach(clearTimeout), [])
  return { lit, play }
}

/** Whether the visitor has asked for less movement. */
export const useStill = (): boolean => {
  const [still, setStill] = useState(() => matchMedia('(prefers-reduced-motion: reduce)').matches)
  useEffect(() => {
    const query = matchMedia('(prefers-reduced-motion: reduce)')
    const changed = () => setStill(query.matches)
    query.addEventListener('change', changed)
    return () => query.removeEventListener('change', changed)
  }, [])
  return still
}
