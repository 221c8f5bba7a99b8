import type { Integration } from '@aws-sdk/client-api-gateway'
import { ServiceError } from '../../../../base/errors.ts'
import type { Caller } from '../../../../iam/types.ts'
import { type AssumedRole, assumeRole } from '../../../roles.ts'
import type { Headers } from '../../types.ts'
import { apiArn, type Exchange, withVariables } from '../exchange.ts'
import { GatewayError, misconfigured } from '../gatewayErrors.ts'

/** What the backend answers, before it is mapped. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
  /** What the selection patterns are compared with: a function's `errorMessage`, or the status. */
  readonly matched: string
}

/** Milliseconds that an integration may take, unless it says less (API Gateway quotas, "Integration timeout"). */
const LONGEST = 29_000

/** @throws GatewayError INTEGRATION_TIMEOUT (504) when the backend does not answer in its time */
export const inTime = async <T>(exchange: Exchange, { timeoutInMillis }: Integration, work: Promise<T>): Promise<T> => {
  const { clock } = exchange.ports.ground
  let cancel = () => {}
  const late = new Promise<never>((_, reject) => {
    const reason = 'Execution failed due to a timeout error'
    cancel = clock.after(timeoutInMillis ?? LONGEST, () => reject(new GatewayError('INTEGRATION_TIMEOUT', { reason })))
  })
  // A backend that fails after its time has nobody left to tell.
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

/** The ARN by which API Gateway names the method to whom it calls: `…/prod/GET/books/*`. */
export const sourceArn = (exchange: Exchange): string => {
  const path = (exchange.route?.resource.path ?? '/').slice(1).replace(/\{[^}]*\}/g, '*')
  return `${apiArn(exchange.api)}/${exchange.api.stage.stageName}/${exchange.request.method}/${path}`
}

export const gateway = ({ api }: Exchange, arn: string): Caller => ({
  kind: 'service',
  principal: 'apigateway.amazonaws.com',
  account: api.account,
  sourceArn: arn,
  sourceAccount: api.account,
})

/** `arn:aws:iam::*:user/*`: the caller's own credentials are passed on. */
const CALLERS_OWN = 'arn:aws:iam::*:user/*'

/**
 * As whom an integration calls: by the session of its role, or as the caller; undefined where it names none.
 * @throws GatewayError API_CONFIGURATION_ERROR where API Gateway may not take the role on
 */
export const credentialsOf = async (
  exchange: Exchange,
  credentials: string | undefined,
): Promise<Pick<AssumedRole, 'caller'> | AssumedRole | undefined> => {
  if (!credentials) return undefined
  const roleArn = withVariables(credentials, exchange)
  const { caller } = exchange.context
  if (roleArn === CALLERS_OWN && caller.kind === 'role') return { caller }
  const { ports, api, context } = exchange
  try {
    return await assumeRole(ports.cloud(context), {
      roleArn,
      principal: 'apigateway.amazonaws.com',
      account: api.account,
      sessionName: 'BackplaneAssumeRoleSession',
      sourceArn: sourceArn(exchange),
    })
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    throw misconfigured(`API Gateway does not have permission to assume the provided role ${roleArn}`)
  }
}
