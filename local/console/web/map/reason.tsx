import type { Hop } from '../../types.ts'

/** Why a hop ended badly; of what was denied, what was asked for and which policy lacks it. */
export const Reason = ({ hop: { denial, reason } }: { hop: Hop }) => {
  if (!denial) return reason ? <p class="why note bad small wrap">{reason}</p> : null
  const { action, resource, because, statement, missed } = denial
  return (
    <dl class="why note bad small facts">
      <dt>denied</dt>
      <dd class="mono wrap">{action}</dd>
      <dt>on</dt>
      <dd class="mono wrap">{resource}</dd>
      <dt>why</dt>
      <dd>{because}</dd>
      {statement && (
        <>
          <dt>{missed === undefined ? 'by' : 'nearest'}</dt>
          <dd class="wrap">
            {statement}
            {missed && `: ${missed}`}
          </dd>
        </>
      )}
    </dl>
  )
}
