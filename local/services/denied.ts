import { ServiceError } from '../base/errors.ts'
import { callerName } from '../iam/explain.ts'
import type { Caller, Decision } from '../iam/types.ts'
import type { Service } from './service.ts'

/**
 * What AWS answers to a call that IAM refuses (IAM user guide, "Troubleshoot access denied error messages"). JSON
 * services answer 400, the others 403.
 */
export const deniedError = (service: Service, caller: Caller, decision: Decision): ServiceError =>
  new ServiceError(service.denied, message(service, caller, decision), {
    status: service.protocol.startsWith('json') ? 400 : 403,
  })

const message = (service: Service, caller: Caller, { action, resource, because, outcome }: Decision): string => {
  // S3 explains itself to callers it knows only; STS tells one with a provider's token no more than this.
  if (service.name === 's3' && caller.kind === 'anonymous') return 'Access Denied'
  if (service.name === 'sts' && caller.kind === 'anonymous') return `Not authorized to perform ${action}`
  const clause = outcome === 'explicitDeny' ? because : `because ${because}`
  return `User: ${callerName(caller)} is not authorized to perform: ${action}${on(service, resource)} ${clause}`
}

/** S3 puts the resource between quotation marks, and leaves it out where the action has none. */
const on = ({ name }: Service, resource: string): string => {
  if (name !== 's3') return ` on resource: ${resource}`
  return resource === '*' || resource.endsWith(':::*') ? '' : ` on resource: "${resource}"`
}
