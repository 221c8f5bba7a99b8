import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

/** What a page shows while, after and instead of what it asked for. */
export interface Loaded<T> {
  data?: T
  /** In words. What was there before stays beside it. */
  error?: string
  /** Asks again; what is there stays until the answer comes. */
  reload(): void
}

/** What was answered last, by key: whoever comes back sees it at once, and a moment later what has changed. */
const remembered = new Map<string, unknown>()

/**
 * Loads what a page shows.
 * @param key what is loaded: another key begins anew
 * @param load asks for it; the signal says that nobody waits any more
 */
export const useLoad = <T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> => {
  const [state, setState] = useState<{ key: string; data?: T; error?: string }>({ key: '' })
  const [turn, setTurn] = useState(0)
  const latest = useRef(load)
  latest.current = load
  useEffect(() => {
    const abort = new AbortController()
    latest.current(abort.signal).then(
      (data) => {
        if (abort.signal.aborted) return
        remembered.set(key, data)
        setState({ key, data })
      },
      (error: Error) => {
        if (abort.signal.aborted) return
        setState((before) => ({ key, error: error.message, ...(before.key === key ? { data: before.data } : {}) }))
      },
    )
    return () => abort.abort()
  }, [key, turn])
  const reload = useCallback(() => setTurn((before) => before + 1), [])
  if (state.key === key) return { data: state.data, error: state.error, reload }
  return { data: remembered.get(key) as T | undefined, reload }
}
