import { ServiceError } from '../base/errors.ts'
import { type Fail, parseDocument } from './documents.ts'
import type { Policy } from './types.ts'
import { checkIdentity } from './validateIdentity.ts'
import { checkResourcePolicy, type Exists } from './validateResource.ts'

/**
 * What a document is stored as. `inline` and `managed` belong to a principal, `session` comes with AssumeRole; `trust`
 * says who may take a role on; `resource` hangs on a bucket, a queue, a topic.
 */
export type DocumentKind = 'inline' | 'managed' | 'session' | 'trust' | 'resource'

/** What may differ from service to service. */
export interface ValidateOptions {
  /** The error's code: `MalformedPolicyDocument` of IAM and STS, `MalformedPolicy` of S3. */
  code?: string
  /** Whether a user or role that a principal names is there; without it all are taken to be. */
  exists?: Exists
}

/**
 * Reads a policy document as AWS does when one is stored ("Grammar of the IAM JSON policy language").
 * @throws ServiceError with AWS's message, for what AWS refuses.
 */
export const validatePolicy = (
  document: string,
  kind: DocumentKind,
  { code = 'MalformedPolicyDocument', exists = () => true }: ValidateOptions = {},
): Policy => {
  const fail: Fail = (message) => {
    throw new ServiceError(code, message, { status: 400 })
  }
  const policy = parseDocument(document)
  if (kind === 'trust' || kind === 'resource') checkResourcePolicy(policy, kind === 'trust', exists, fail)
  else checkIdentity(policy, kind === 'managed', fail)
  return policy as unknown as Policy
}
