import type { RestApi } from '@aws-sdk/client-api-gateway'
import { isDict, listOf, parseDocument } from '../../iam/documents.ts'
import { checkResourcePolicy } from '../../iam/validateResource.ts'
import { invalid } from './errors.ts'

const LARGEST = 8192

/** An API that a policy hangs on. */
export interface Owner {
  account: string
  region: string
  id: string
}

/**
 * The text of an API's resource policy as it is kept: resources like `execute-api:/*` written out (developer guide, "API
 * Gateway resource policies"). @throws ServiceError `BadRequestException`
 */
export const policyText = (text: string, { account, region, id }: Owner): string => {
  const fail = (): never => {
    throw invalid('Invalid policy document. Please check the policy syntax and ensure that Principals are valid.')
  }
  if (text.length > LARGEST) throw invalid(`Policy cannot be larger than ${LARGEST} bytes`)
  const whole = (resource: unknown): unknown =>
    typeof resource === 'string' && resource.startsWith('execute-api:/')
      ? `arn:aws:execute-api:${region}:${account}:${id}/${resource.slice('execute-api:/'.length)}`
      : resource
  const policy = parseDocument(text)
  if (!policy) return fail()
  const statements = listOf(policy.Statement).map((statement) => {
    if (!isDict(statement)) return fail()
    const written = Object.entries(statement).map(([name, value]) => [
      name,
      name === 'Resource' || name === 'NotResource' ? (Array.isArray(value) ? value.map(whole) : whole(value)) : value,
    ])
    return Object.fromEntries(written)
  })
  const document = { ...policy, Statement: Array.isArray(policy.Statement) ? statements : statements[0] }
  checkResourcePolicy(document, false, () => true, fail)
  return JSON.stringify(document)
}

/** An API as answers show it: its policy is text within text. */
export const shown = (restApi: RestApi): RestApi =>
  restApi.policy === undefined ? restApi : { ...restApi, policy: JSON.stringify(restApi.policy).slice(1, -1) }
