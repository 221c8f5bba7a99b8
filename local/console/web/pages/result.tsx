import { lambdaFailure } from '../lib/failure.ts'
import { durationOf } from '../lib/format.ts'
import { pretty } from '../lib/json.ts'
import { Bar } from '../parts/bar.tsx'
import { Code } from '../parts/code.tsx'
import type { Invocation } from './visit.ts'

const Figure = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
)

/** The error of a function: what it is, what it says, where it happened. */
const Failure = ({ payload }: { payload: string }) => {
  const error = lambdaFailure(payload)
  if (!error) return <Code text={payload} label="Error" />
  return (
    <>
      <p class="note bad">
        <strong>{error.errorType ?? 'Error'}</strong>: {error.errorMessage ?? 'no message'}
      </p>
      {error.trace.length > 0 && <Code text={error.trace.join('\n')} label="Stack trace" />}
    </>
  )
}

/** What came of an invocation: result or error, figures, log. */
export const Result = ({ invocation }: { invocation: Invocation }) => {
  const { answer, refused } = invocation
  if (refused !== undefined) return <p class="note bad">{refused}</p>
  if (!answer) return <p class="muted">Running…</p>
  return (
    <>
      {answer.functionError ? (
        <Failure payload={answer.payload} />
      ) : answer.payload === '' ? (
        <p class="note good">Accepted. The function runs by itself; its lines appear in the log.</p>
      ) : (
        <Code text={pretty(answer.payload)} label="Result as JSON" />
      )}
      {answer.durationMs !== undefined && (
        <dl class="figures">
          <Figure name="Duration" value={durationOf(answer.durationMs)} />
          {answer.billedMs !== undefined && <Figure name="Billed" value={durationOf(answer.billedMs)} />}
          {answer.initMs !== undefined && <Figure name="Cold start" value={durationOf(answer.initMs)} />}
        </dl>
      )}
      {answer.memoryUsedMb !== undefined && (
        <div class="stack">
          <p class="small">
            <span class="muted">Memory</span> {answer.memoryUsedMb} of {answer.memoryMb} MB
          </p>
          <Bar used={answer.memoryUsedMb} of={answer.memoryMb} />
        </div>
      )}
      {answer.log !== '' && (
        <details open>
          <summary>Log</summary>
          <Code text={answer.log} label="Log of the invocation" />
        </details>
      )}
    </>
  )
}
