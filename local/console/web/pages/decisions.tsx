import { useMemo, useState } from 'preact/hooks'
import type { DecisionRow } from '../../types.ts'
import { api } from '../lib/api.ts'
import { count, timeOf } from '../lib/format.ts'
import { useLoad } from '../lib/load.ts'
import { type Place, replaceQuery } from '../lib/router.ts'
import { PolicyDocument } from '../parts/code.tsx'
import { Page } from '../parts/shell.tsx'
import { Empty, Show } from '../parts/state.tsx'

/** What teaches little: whoever sits before this machine may do everything, and every function writes its log. */
const isPlain = ({ caller, action, allowed }: DecisionRow) =>
  caller.endsWith(':user/local') || (allowed && action.startsWith('logs:'))

const fits = (text: string, outcome: string, show: string) => (row: DecisionRow) =>
  (show === 'everything' || !isPlain(row)) &&
  (outcome === '' || (outcome === 'allowed') === row.allowed) &&
  `${row.caller} ${row.action} ${row.resource} ${row.reason}`.toLowerCase().includes(text.toLowerCase())

/** How many rows are drawn; the filter looks through all. */
const DRAWN = 200

/** What IAM has decided, with the reason and the statement that decided. */
export const DecisionsPage = ({ place }: { place: Place }) => {
  const decisions = useLoad('decisions', api.decisions)
  const text = place.query.get('text') ?? ''
  const outcome = place.query.get('outcome') ?? ''
  const show = place.query.get('show') ?? ''
  const filter = (change: Record<string, string>) => replaceQuery(place, { text, outcome, show, ...change })
  const found = useMemo(
    () => decisions.data?.filter(fits(text, outcome, show)) ?? [],
    [decisions.data, text, outcome, show],
  )
  return (
    <Page
      title="Decisions"
      lead="Each call is decided by the policies of its caller and of its target, as on AWS. Here is what was decided, and why."
    >
      <div class="row spread">
        <div class="row filters">
          <label class="field">
            <span>Search</span>
            <input
              type="search"
              value={text}
              placeholder="s3:PutObject"
              autocomplete="off"
              onInput={({ currentTarget }) => filter({ text: currentTarget.value })}
            />
          </label>
          <label class="field">
            <span>Outcome</span>
            <select value={outcome} onChange={({ currentTarget }) => filter({ outcome: currentTarget.value })}>
              <option value="">all</option>
              <option value="denied">denied</option>
              <option value="allowed">allowed</option>
            </select>
          </label>
          <label class="field">
            <span>Show</span>
            <select value={show} onChange={({ currentTarget }) => filter({ show: currentTarget.value })}>
              <option value="">what functions call</option>
              <option value="everything">everything</option>
            </select>
          </label>
        </div>
        <button type="button" class="button" onClick={decisions.reload}>
          Read again
        </button>
      </div>
      <Show of={decisions}>
        {(data) =>
          found.length === 0 ? (
            <Empty title={data.length === 0 ? 'Nothing was decided yet' : 'No decision fits'}>
              {data.length === 0 ? 'Invoke a function, and what it calls is decided.' : 'Search for something else.'}
            </Empty>
          ) : (
            <section class="card" aria-labelledby="found">
              <h2 id="found" aria-live="polite">
                {count(found.length, 'decision')}
              </h2>
              <ul class="list">
                {found.slice(0, DRAWN).map((row) => (
                  <Row key={row.id} row={row} />
                ))}
              </ul>
              {found.length > DRAWN && <p class="muted">and {found.length - DRAWN} more: search for less.</p>}
            </section>
          )
        }
      </Show>
    </Page>
  )
}

/** The caller without the part of its ARN that every caller has. */
const shortened = (arn: string) => arn.replace(/^arn:aws:(?:iam|sts)::\d+:/, '')

const Row = ({ row }: { row: DecisionRow }) => {
  const [open, setOpen] = useState(false)
  const { at, action, resource, caller, allowed, outcome, reason, statement } = row
  const document = statement?.document
  return (
    <li class="stack decision">
      <div class="row">
        <span class={allowed ? 'tag good' : 'tag bad'}>{allowed ? 'allowed' : 'denied'}</span>
        <strong class="mono">{action}</strong>
        <span class="muted small">{timeOf(at)}</span>
        {document && (
          <button type="button" class="button quiet small end" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide' : 'Show'} the policy<span class="hidden"> that decided {action}</span>
          </button>
        )}
      </div>
      <dl class="facts small">
        <dt>on</dt>
        <dd class="mono">{resource}</dd>
        <dt>by</dt>
        <dd class="mono">{shortened(caller)}</dd>
        {allowed && (
          <>
            <dt>why</dt>
            <dd>{reason}</dd>
          </>
        )}
      </dl>
      {!allowed && <p class="note bad small">{reason}</p>}
      {open && statement && document && (
        <div class="stack">
          <p class="small">
            {allowed || outcome === 'explicitDeny' ? 'Decided by' : 'Nearest'}: <strong>{statement.policy}</strong>,
            statement {statement.index + 1}
            {statement.sid && ` (${statement.sid})`}
          </p>
          <PolicyDocument policy={document} statement={statement.index} label={`Policy ${statement.policy}`} />
        </div>
      )}
    </li>
  )
}
