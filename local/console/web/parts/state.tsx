import type { ComponentChildren } from 'preact'
import type { Loaded } from '../lib/load.ts'

/** Shown when there is nothing: why, and what to do. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="state">
    <strong>{title}</strong>
    {children}
  </div>
)

/** What went wrong, in words, and a way on. */
export const Fault = ({ error, retry }: { error: string; retry?: () => void }) => (
  <div class="state fault stack" role="alert">
    <div>
      <strong>That did not work</strong>
      {error}
    </div>
    {retry && (
      <div>
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      </div>
    )}
  </div>
)

/**
 * What was loaded, or why it is not there. The word that it is under way appears only after a quarter of a second, so
 * that a quick answer flashes nothing.
 */
export const Show = <T,>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) => (
  <>
    {of.error && <Fault error={of.error} retry={of.reload} />}
    {of.data === undefined && !of.error && (
      <p class="state late" role="status">
        Loading…
      </p>
    )}
    {of.data !== undefined && children(of.data)}
  </>
)
