import type { ComponentChildren } from 'preact'

/** How much of a text is shown: a hostile or a careless function may answer with megabytes. */
const SHOWN = 60_000

/** Scrolls by the keyboard, too. */
const Box = ({ label, children }: { label: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard
  <section class="code" tabIndex={0} aria-label={label}>
    <pre>{children}</pre>
  </section>
)

/** A text as it is, on lines that wrap. */
export const Code = ({ text, label }: { text: string; label: string }) => (
  <Box label={label}>
    {text.length > SHOWN ? `${text.slice(0, SHOWN)}\n… and ${text.length - SHOWN} characters more` : text}
  </Box>
)

const linesOf = (value: unknown): string[] => JSON.stringify(value, null, 2).split('\n')

/** A policy document with one statement marked: `statement` counts from 0. */
export const PolicyDocument = (props: { policy: object; statement?: number; label: string }) => {
  const { Statement, ...rest } = props.policy as { Statement?: unknown }
  const all: unknown[] = Array.isArray(Statement) ? Statement : [Statement]
  const lines = linesOf({ ...rest, Statement: all })
  const chosen = props.statement === undefined ? undefined : all[props.statement]
  // The statements stand last, so each begins after the rest and those before it.
  const before = all.slice(0, props.statement).reduce<number>((sum, each) => sum + linesOf(each).length, 0)
  const start = linesOf({ ...rest, Statement: [] }).length - 1 + before
  const end = chosen === undefined ? start : start + linesOf(chosen).length
  return (
    <Box label={props.label}>
      {lines.slice(0, start).join('\n')}
      {end > start ? <mark>{lines.slice(start, end).join('\n')}</mark> : '\n'}
      {lines.slice(end).join('\n')}
    </Box>
  )
}
