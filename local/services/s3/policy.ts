import { readOperator } from '../../iam/conditions.ts'
import type { OneOrMany, Policy, Statement } from '../../iam/types.ts'
import { subjectsOf } from './actions.ts'
import { refusal } from './errors.ts'
import { bucketArn } from './names.ts'

/** Reads the document of PutBucketPolicy as S3 does, and refuses it in its words. */

const LARGEST = 20 * 1024
const FIELDS = new Set(['Version', 'Id', 'Statement'])
const STATEMENT_FIELDS = new Set(
  'Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition'.split(' '),
)
const VERSIONS = new Set(['2008-10-17', '2012-10-17'])

const malformed = (message: string, detail?: string) =>
  refusal('MalformedPolicy', 400, message, detail === undefined ? {} : { Detail: detail })

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const list = <T>(value: OneOrMany<T>): T[] => (Array.isArray(value) ? value : [value])
const texts = (value: unknown): string[] | undefined => {
  const all = list(value)
  return all.length > 0 && all.every((one) => typeof one === 'string') ? (all as string[]) : undefined
}

const checkFields = (value: Record<string, unknown>, known: ReadonlySet<string>) => {
  for (const name of Object.keys(value)) if (!known.has(name)) throw malformed(`Unknown field ${name}`)
}

const AWS_PRINCIPAL =
  /^(\*|\d{12}|arn:aws:iam::\d{12}:(root|user\/[^*?]+|role\/[^*?]+)|arn:aws:sts::\d{12}:(assumed-role|federated-user)\/[^*?]+|A[A-Z]{3}[A-Z0-9]{12,})$/
const PRINCIPALS: Record<string, RegExp> = {
  AWS: AWS_PRINCIPAL,
  Service: /^[a-z0-9.-]+\.amazonaws\.com$/,
  CanonicalUser: /^[0-9a-f]{64}$/,
  Federated: /^(arn:aws:iam::\d{12}:(saml|oidc)-provider\/.+|[a-z0-9.-]+\.[a-z]+)$/,
}

const checkPrincipal = (principal: unknown) => {
  if (principal === '*') return
  const invalid = (detail: unknown) => malformed('Invalid principal in policy', JSON.stringify(detail))
  if (!isRecord(principal) || Object.keys(principal).length === 0) throw invalid(principal)
  for (const [kind, value] of Object.entries(principal)) {
    const known = PRINCIPALS[kind]
    const named = texts(value)
    if (!known || !named?.every((one) => known.test(one))) throw invalid({ [kind]: value })
  }
}

/** What a resource of this bucket's policy is: the bucket, its objects, or, ending in a star, both. */
const subjectOf = (resource: string, bucket: string): { bucket: boolean; object: boolean } | undefined => {
  const arn = bucketArn(bucket)
  if (resource === arn) return { bucket: true, object: false }
  if (resource.startsWith(`${arn}/`)) return { bucket: false, object: true }
  return resource === `${arn}*` ? { bucket: true, object: true } : undefined
}

const checkActions = (statement: Record<string, unknown>, bucket: string) => {
  const actions = texts(statement.Action ?? statement.NotAction)
  const resources = texts(statement.Resource ?? statement.NotResource)
  const asked = actions?.map(subjectsOf)
  if (!asked?.every((one) => one !== undefined)) throw malformed('Policy has invalid action')
  const named = resources?.map((one) => subjectOf(one, bucket))
  if (!named?.every((one) => one !== undefined)) throw malformed('Policy has invalid resource')
  if (statement.Action === undefined || statement.Resource === undefined) return
  const applies = asked.every((action) =>
    named.some((resource) => (action.bucket && resource.bucket) || (action.object && resource.object)),
  )
  if (!applies) throw malformed('Action does not apply to any resource(s) in statement')
}

const CONDITION_KEY = /^[A-Za-z0-9-]+(\.[A-Za-z0-9.-]+)*:[^\s]+$/

const checkCondition = (condition: unknown) => {
  if (condition === undefined) return
  if (!isRecord(condition)) throw malformed('Policy has an invalid condition')
  for (const [operator, keys] of Object.entries(condition)) {
    if (!readOperator(operator)) throw malformed(`Invalid Condition type : ${operator}`)
    if (!isRecord(keys)) throw malformed('Policy has an invalid condition')
    for (const [key, values] of Object.entries(keys)) {
      if (!CONDITION_KEY.test(key)) throw malformed('Policy has an invalid condition key')
      if (!list(values).every((one) => ['string', 'number', 'boolean'].includes(typeof one)))
        throw malformed('Policy has an invalid condition')
    }
  }
}

/** One of a pair of elements must be there, and but one. */
const checkEither = (statement: Record<string, unknown>, name: string) => {
  const not = `Not${name}`
  if (statement[name] === undefined && statement[not] === undefined) throw malformed(`Missing required field ${name}`)
  if (statement[name] !== undefined && statement[not] !== undefined)
    throw malformed(`Statement cannot have both ${name} and ${not}`)
}

const checkStatement = (statement: unknown, bucket: string) => {
  if (!isRecord(statement)) throw malformed('This policy contains invalid Json')
  checkFields(statement, STATEMENT_FIELDS)
  if (statement.Effect === undefined) throw malformed('Missing required field Effect')
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny')
    throw malformed(`Invalid effect: ${String(statement.Effect)}`)
  for (const name of ['Principal', 'Action', 'Resource']) checkEither(statement, name)
  checkPrincipal(statement.Principal ?? statement.NotPrincipal)
  checkActions(statement, bucket)
  checkCondition(statement.Condition)
}

const parsed = (text: string): unknown => {
  if (!/^\s*\{/.test(text)) throw malformed("Policies must be valid JSON and the first byte must be '{'")
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('This policy contains invalid Json')
  }
}

/**
 * The policy of a bucket. That the users and roles it names are there is not looked up.
 * @throws ServiceError MalformedPolicy
 */
export const readPolicy = (text: string, bucket: string): Policy => {
  if (Buffer.byteLength(text) > LARGEST) throw malformed('Policy exceeds the maximum allowed document size.')
  const policy = parsed(text) as Record<string, unknown>
  checkFields(policy, FIELDS)
  if (policy.Version !== undefined && !VERSIONS.has(policy.Version as string))
    throw malformed('The policy must contain a valid version string')
  if (policy.Statement === undefined) throw malformed('Missing required field Statement')
  const statements = list(policy.Statement as OneOrMany<Statement>)
  if (statements.length === 0) throw malformed('Could not parse the policy: Statement is empty!')
  for (const statement of statements) checkStatement(statement, bucket)
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined)
  if (!sids.every((sid) => typeof sid === 'string') || new Set(sids).size < sids.length)
    throw malformed('Statement IDs (SID) in a single policy must be unique.')
  return policy as unknown as Policy
}
