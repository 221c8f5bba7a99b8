import { useEffect, useRef, useState } from 'preact/hooks'

/** `opening`: not yet there. `lost`: it was there, or did not come; it is tried again and again. */
export type Connection = 'opening' | 'open' | 'lost'

/** How long to wait before the stream is opened anew, in milliseconds. */
const AGAIN = 1500

/** The stream of what happens in the cloud, shared by all of the pages. */
export interface Live {
  /** Hears one kind of message until the function that it gives is called. */
  on(type: string, hear: (data: unknown) => void): () => void
  /** Hears how the connection is, and at once how it is now. */
  watch(hear: (connection: Connection) => void): () => void
}

/**
 * Opens the stream, and opens it again whenever it ends.
 * @param url its address, asked for each time
 * @param prepare runs before it is opened again; what it throws means that the cloud is not there yet
 */
export const createLive = (url: () => string, prepare: () => Promise<unknown>): Live => {
  const listeners = new Map<string, Set<(data: unknown) => void>>()
  const watchers = new Set<(connection: Connection) => void>()
  let connection: Connection = 'opening'
  let source: EventSource
  const become = (next: Connection) => {
    if (next === connection) return
    connection = next
    for (const watcher of watchers) watcher(next)
  }
  const attach = (type: string) =>
    source.addEventListener(type, ({ data }: MessageEvent<string>) => {
      const message: unknown = JSON.parse(data)
      for (const hear of listeners.get(type) ?? []) hear(message)
    })
  const open = () => {
    source = new EventSource(url())
    source.onopen = () => become('open')
    source.onerror = () => {
      become('lost')
      source.close()
      again()
    }
    for (const type of listeners.keys()) attach(type)
  }
  const again = () => setTimeout(() => prepare().then(open, again), AGAIN)
  open()
  // A page that is left must not hold one of the browser's few connections to this host.
  addEventListener('pagehide', () => source.close())
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) open()
  })
  return {
    on(type, hear) {
      const known = listeners.get(type)
      if (known) known.add(hear)
      else {
        listeners.set(type, new Set([hear]))
        attach(type)
      }
      return () => listeners.get(type)?.delete(hear)
    },
    watch(hear) {
      watchers.add(hear)
      hear(connection)
      return () => watchers.delete(hear)
    },
  }
}

/** How the connection is. `back` is called when it is there again after it was lost. */
export const useConnection = (live: Live, back: () => void): Connection => {
  const [connection, setConnection] = useState<Connection>('opening')
  const before = useRef<Connection>('opening')
  const latest = useRef(back)
  latest.current = back
  useEffect(
    () =>
      live.watch((next) => {
        if (before.current === 'lost' && next === 'open') latest.current()
        before.current = next
        setConnection(next)
      }),
    [live],
  )
  return connection
}

/** How long things are let to happen before a page reads again what it shows, in milliseconds. */
const CALM = 400

/** Reads again what a page shows, a moment after something has happened in the cloud. */
export const useRefresh = (live: Live, reload: () => void): void => {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = live.on('hop', () => {
      timer ??= setTimeout(() => {
        timer = undefined
        reload()
      }, CALM)
    })
    return () => {
      end()
      clearTimeout(timer)
    }
  }, [live, reload])
}
