import { useEffect, useState } from 'preact/hooks'

/** Where in the console somebody is: `#/buckets/pictures?prefix=images/` is path `['buckets', 'pictures']` and a query. */
export interface Place {
  path: string[]
  query: URLSearchParams
}

/** A percent sign that somebody typed into the address is itself. */
const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export const placeOf = (hash: string): Place => {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2)
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) }
}

/** The address of a place, for `href`. */
export const link = (path: readonly string[], query: Record<string, string> = {}): string => {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()
  return `#/${path.map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`
}

/** The place that the address names; a new one after each step of the history. */
export const usePlace = (): Place => {
  const [place, setPlace] = useState(() => placeOf(location.hash))
  useEffect(() => {
    const moved = () => setPlace(placeOf(location.hash))
    addEventListener('hashchange', moved)
    return () => removeEventListener('hashchange', moved)
  }, [])
  return place
}

/** Changes the query of the address without a step in the history: filters. */
export const replaceQuery = ({ path }: Place, query: Record<string, string>): void => {
  history.replaceState(null, '', link(path, query))
  dispatchEvent(new HashChangeEvent('hashchange'))
}
