import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { LogLine } from '../../types.ts'
import { api } from '../lib/api.ts'
import { preciseTimeOf } from '../lib/format.ts'
import type { Live } from '../lib/live.ts'
import { useLoad } from '../lib/load.ts'
import { link } from '../lib/router.ts'
import { Page } from '../parts/shell.tsx'
import { Empty, Show } from '../parts/state.tsx'

/** How many lines are kept on the page. */
const KEPT = 1000

const keyOf = ({ at, functionName, message }: LogLine) => `${at} ${functionName} ${message}`

/** START, END, REPORT of the runtime, and what is an error. */
const toneOf = (message: string): string =>
  /^(?:START|END|REPORT|INIT_START) /.test(message) ? 'meta' : /\bERROR\b|Task timed out/.test(message) ? 'fault' : ''

/** What functions log, as it comes. */
export const LogsPage = ({ live, functionName = '' }: { live: Live; functionName?: string }) => {
  const before = useLoad('logs', api.lines)
  const [since, setSince] = useState<LogLine[]>([])
  const [paused, setPaused] = useState(false)
  useEffect(() => live.on('log', (line) => setSince((lines) => [...lines, line as LogLine].slice(-KEPT))), [live])
  return (
    <Page title="Logs" lead="The lines of all functions as they come: START, END, REPORT, and what the code prints.">
      <Show of={before}>
        {(data) => {
          // What came while the first lines were asked for is among them, too.
          const known = new Set(data.map(keyOf))
          const all = [...data, ...since.filter((line) => !known.has(keyOf(line)))].slice(-KEPT)
          const names = [...new Set([...all.map((line) => line.functionName), functionName])].filter(Boolean).sort()
          const lines = all.filter((line) => functionName === '' || line.functionName === functionName)
          return (
            <>
              <div class="row spread">
                <label class="field">
                  <span>Function</span>
                  <select
                    value={functionName}
                    onChange={({ currentTarget: { value } }) => {
                      location.hash = link(value ? ['logs', value] : ['logs'])
                    }}
                  >
                    <option value="">all functions</option>
                    {names.map((name) => (
                      <option key={name} value={name}>
                        {name}
                      </option>
                    ))}
                  </select>
                </label>
                <label class="row">
                  <input type="checkbox" checked={!paused} onChange={() => setPaused(!paused)} />
                  Follow
                </label>
              </div>
              {lines.length === 0 ? (
                <Empty title="Nothing was logged yet">Invoke a function, and its lines appear here.</Empty>
              ) : (
                <Tail lines={lines} follow={!paused} />
              )}
            </>
          )
        }}
      </Show>
    </Page>
  )
}

const Tail = ({ lines, follow }: { lines: readonly LogLine[]; follow: boolean }) => {
  const box = useRef<HTMLElement>(null)
  const last = lines.at(-1)
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [last, follow])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard
    <section class="tail" ref={box} tabIndex={0} aria-label="Log lines">
      <ol>
        {lines.map((line, at) => (
          <li key={`${line.at} ${at}`} class={toneOf(line.message)}>
            <time dateTime={new Date(line.at).toISOString()}>{preciseTimeOf(line.at)}</time>
            <span class="muted wrap">{line.functionName}</span>
            <span>{line.message.replace(/\n$/, '')}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
