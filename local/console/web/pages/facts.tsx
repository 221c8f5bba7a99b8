import type { FunctionDetail } from '../../types.ts'
import { link } from '../lib/router.ts'
import { PolicyDocument } from '../parts/code.tsx'

/** How a function is configured, and what its role allows. */
export const FunctionFacts = ({ detail }: { detail: FunctionDetail }) => (
  <div class="columns">
    <section class="card" aria-labelledby="configuration">
      <div class="card-head">
        <h2 id="configuration">Configuration</h2>
        <a href={link(['logs', detail.name])}>Its log</a>
      </div>
      <dl class="facts">
        <dt>Name</dt>
        <dd class="mono wrap">{detail.name}</dd>
        <dt>Memory</dt>
        <dd>{detail.memory} MB</dd>
        <dt>Timeout</dt>
        <dd>{detail.timeout} s</dd>
        <dt>Environment</dt>
        <dd>{detail.environment.length === 0 ? 'no variables' : detail.environment.join(', ')}</dd>
        <dt>Role</dt>
        <dd>{detail.role}</dd>
        <dt>ARN</dt>
        <dd class="mono">{detail.arn}</dd>
      </dl>
    </section>
    <section class="card" aria-labelledby="policies">
      <h2 id="policies">What its role allows</h2>
      {detail.policies.length === 0 && <p class="muted">Nothing: no policy is attached.</p>}
      {detail.policies.map(({ name, policy }) => (
        <details key={name} open={detail.policies.length === 1}>
          <summary>{name}</summary>
          <PolicyDocument policy={policy} label={`Policy ${name}`} />
        </details>
      ))}
    </section>
  </div>
)
