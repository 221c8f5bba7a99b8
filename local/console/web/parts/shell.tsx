import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { IconName } from '../../picture/drawings.ts'
import type { Connection } from '../lib/live.ts'
import { link, type Place } from '../lib/router.ts'
import { Icon } from './icons.tsx'

const places: readonly { name: string; icon: IconName; path: string[]; also?: string }[] = [
  { name: 'Chapters', icon: 'chapters', path: [], also: 'functions' },
  { name: 'Live map', icon: 'map', path: ['map'] },
  { name: 'Buckets', icon: 'bucket', path: ['buckets'] },
  { name: 'Tables', icon: 'table', path: ['tables'] },
  { name: 'Logs', icon: 'logs', path: ['logs'] },
  { name: 'Schedules', icon: 'clock', path: ['schedules'] },
  { name: 'Mailbox', icon: 'mail', path: ['mailbox'] },
  { name: 'Decisions', icon: 'shield', path: ['decisions'] },
]

const words: Record<Connection, string> = { opening: 'Connecting…', open: 'Connected', lost: 'Not connected' }

/** The mark of the product: the curve of the icon. */
const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="#4450c7" />
    <path d="M9 8h4.6l7.6 16H25" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" />
    <path d="M14.6 15.5 9.4 24" fill="none" stroke="#ffb454" stroke-width="3" stroke-linecap="round" />
  </svg>
)

/** The frame of every page. The heading of a new page is where the keyboard and a screen reader go on. */
export const Shell = (props: { place: Place; connection: Connection; children: ComponentChildren }) => {
  const { place, connection, children } = props
  const here = place.path[0] ?? ''
  const main = useRef<HTMLElement>(null)
  const nav = useRef<HTMLElement>(null)
  const address = link(place.path)
  const first = useRef(address)
  useEffect(() => {
    const heading = main.current?.querySelector('h1')
    // On a narrow screen the navigation is a strip that scrolls.
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
    if (first.current === address) return
    first.current = ''
    scrollTo(0, 0)
    heading?.focus({ preventScroll: true })
  }, [address])
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header class="side">
        <a class="brand" href="#/">
          <Mark />
          <span>
            <strong>Local cloud</strong>
            <span>Lambda in Action</span>
          </span>
        </a>
        <nav ref={nav} class="nav" aria-label="Console">
          <ul>
            {places.map(({ name, icon, path, also }) => {
              const current = here === (path[0] ?? '') || (also !== undefined && here === also)
              return (
                <li key={name}>
                  <a href={link(path)} aria-current={current ? (place.path.length > 1 ? 'true' : 'page') : undefined}>
                    <Icon name={icon} />
                    {name}
                  </a>
                </li>
              )
            })}
          </ul>
        </nav>
        <p class="connection" data-state={connection} role="status">
          {words[connection]}
        </p>
      </header>
      <div>
        {connection === 'lost' && (
          <p class="banner" role="alert">
            The local cloud does not answer. Is it still running? This page goes on by itself once npm start runs again.
          </p>
        )}
        <main ref={main} tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  )
}

/** A page: its heading, which takes the focus, one sentence, and what is on it. */
export const Page = (props: {
  title: string
  lead?: ComponentChildren
  crumbs?: ComponentChildren
  children: ComponentChildren
}) => {
  useEffect(() => {
    document.title = `${props.title} · Local cloud`
  }, [props.title])
  return (
    <div class="page">
      <div class="page-head">
        {props.crumbs && <p class="crumbs">{props.crumbs}</p>}
        <h1 tabIndex={-1}>{props.title}</h1>
        {props.lead && <p>{props.lead}</p>}
      </div>
      {props.children}
    </div>
  )
}
