import { durationOf, timeOf } from '../lib/format.ts'
import type { Invocation } from './visit.ts'

/** What was invoked since the console was opened; choosing one shows it again. */
export const History = (props: {
  invocations: readonly Invocation[]
  shown?: Invocation
  show: (number: number) => void
}) => (
  <section class="card" aria-labelledby="history">
    <h2 id="history">Invocations of this visit</h2>
    <ul class="rows">
      {props.invocations.map((invocation) => (
        <li key={invocation.number}>
          <button
            type="button"
            class="trace-row"
            aria-pressed={invocation === props.shown}
            onClick={() => props.show(invocation.number)}
          >
            <span>
              {timeOf(invocation.at)} {invocation.event}
            </span>
            <Outcome invocation={invocation} />
          </button>
        </li>
      ))}
    </ul>
  </section>
)

const Outcome = ({ invocation }: { invocation: Invocation }) => {
  if (invocation.refused !== undefined) return <span class="tag bad">refused</span>
  const { answer } = invocation
  if (!answer) return <span class="tag">running…</span>
  if (answer.functionError) return <span class="tag bad">error</span>
  return <span class="tag good">{answer.durationMs === undefined ? 'accepted' : durationOf(answer.durationMs)}</span>
}
