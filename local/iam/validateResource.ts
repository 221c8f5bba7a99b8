import { conditionFault, type Dict, type Fail, isDict, isTexts, listOf, textsOf } from './documents.ts'

/** The rules for policies that name principals: trust policies of roles, and those of buckets, queues and the like. */

const SYNTAX = 'Syntax error in policy.'
const TOP = new Set(['Version', 'Id', 'Statement'])
const ELEMENTS = new Set([
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
])

/** Whether a user or role that a trust policy names is there; those of other accounts are taken to be. */
export type Exists = (arn: string) => boolean

export const checkResourcePolicy = (policy: Dict | undefined, trust: boolean, exists: Exists, fail: Fail): void => {
  if (!policy)
    fail(trust ? 'This policy contains invalid Json' : "Policies must be valid JSON and the first byte must be '{'")
  const stranger = Object.keys(policy).find((key) => !TOP.has(key))
  if (stranger !== undefined) fail(`Unknown field ${stranger}`)
  const { Version, Statement } = policy
  if (Version !== undefined && Version !== '2008-10-17' && Version !== '2012-10-17')
    fail('The policy must contain a valid version string')
  const statements = listOf(Statement)
  if (!statements.length) fail('Could not parse the policy: Statement is empty!')
  if (!statements.every(isDict)) fail(SYNTAX)
  for (const statement of statements) checkStatement(statement, trust, exists, fail)
  const sids = statements.map(({ Sid }) => Sid).filter(Boolean)
  if (new Set(sids).size < sids.length) fail('The Statement Ids in the policy are not unique')
}

const checkStatement = (statement: Dict, trust: boolean, exists: Exists, fail: Fail): void => {
  const stranger = Object.keys(statement).find((key) => !ELEMENTS.has(key))
  if (stranger !== undefined) fail(`Unknown field ${stranger}`)
  const { Sid, Effect, Principal, NotPrincipal, Condition } = statement
  if (Sid !== undefined && typeof Sid !== 'string') fail(SYNTAX)
  if (Effect === undefined) fail('Missing required field Effect')
  if (Effect !== 'Allow' && Effect !== 'Deny') fail(`Invalid effect: ${String(Effect).slice(0, 100)}`)
  if (NotPrincipal !== undefined) {
    if (Effect === 'Allow') fail('Allow with NotPrincipal is not allowed.')
    if (trust) fail('AssumeRole policy must not contain NotPrincipal field.')
    if (Principal !== undefined) fail(SYNTAX)
    checkPrincipals(NotPrincipal, trust, exists, fail)
  } else {
    if (Principal === undefined) fail('Missing required field Principal')
    checkPrincipals(Principal, trust, exists, fail)
  }
  checkActions(statement, trust, fail)
  checkResources(statement, trust, fail)
  const fault = Condition === undefined ? undefined : conditionFault(Condition)
  if (fault?.kind === 'operator') fail(`Invalid Condition type : ${fault.operator}`)
  if (fault?.kind === 'key') fail(`Condition key ${fault.key} must be prefaced by a vendor`)
  if (fault) fail(SYNTAX)
  if (trust && isDict(Principal) && textsOf(Principal.Federated).includes(COGNITO) && !Condition)
    fail('A condition block must be present for the Cognito provider')
}

const COGNITO = 'cognito-identity.amazonaws.com'

const checkActions = (statement: Dict, trust: boolean, fail: Fail): void => {
  const given = statement.Action ?? statement.NotAction
  if ('Action' in statement && 'NotAction' in statement) fail(SYNTAX)
  if (given === undefined || textsOf(given).length === 0) fail('Missing required field Action')
  if (!isTexts(given)) fail(SYNTAX)
  for (const action of textsOf(given)) {
    if (trust && !/^sts:/i.test(action)) fail('AssumeRole policy may only specify STS AssumeRole actions.')
    if (action !== '*' && !/^[a-z0-9.-]+:[a-z0-9*?]+$/i.test(action)) fail('Policy has invalid action')
  }
}

const checkResources = (statement: Dict, trust: boolean, fail: Fail): void => {
  if (trust && 'Resource' in statement) fail('Has prohibited field Resource')
  if (trust && 'NotResource' in statement) fail('AssumeRole policy must not contain resources.')
  if (trust) return
  const given = statement.Resource ?? statement.NotResource
  if ('Resource' in statement && 'NotResource' in statement) fail(SYNTAX)
  if (given === undefined || textsOf(given).length === 0) fail('Missing required field Resource')
  if (!isTexts(given)) fail(SYNTAX)
  for (const resource of textsOf(given))
    if (resource !== '*' && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:./.test(resource)) fail('Policy has invalid resource')
}

const PROVIDERS = new Set([COGNITO, 'graph.facebook.com', 'accounts.google.com', 'www.amazon.com'])

const RULES: Record<string, (name: string, exists: Exists) => boolean> = {
  AWS: (name, exists) =>
    name === '*' ||
    /^\d{12}$/.test(name) ||
    /^arn:aws:iam::\d{12}:root$/.test(name) ||
    /^arn:aws:sts::\d{12}:(assumed-role\/[\w+=,.@-]+|federated-user)\/[\w+=,.@-]+$/.test(name) ||
    (/^arn:aws:iam::\d{12}:(user|role)\/[\u0021-\u007e]+$/.test(name) && !/[*?]/.test(name) && exists(name)),
  Service: (name) => /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com)$/.test(name),
  Federated: (name) =>
    PROVIDERS.has(name) || /^arn:aws:iam::\d{12}:(saml-provider|oidc-provider)\/[\w.:/=+@-]+$/.test(name),
  CanonicalUser: (name) => /^[0-9a-f]{64}$/.test(name),
}

const checkPrincipals = (element: unknown, trust: boolean, exists: Exists, fail: Fail): void => {
  if (element === '*') {
    if (trust) fail('AssumeRolepolicy contained an invalid principal: "STAR":"*".')
    return
  }
  if (!isDict(element)) fail('Principal must be a JSON object.')
  const entries = Object.entries(element)
  if (!entries.length) fail('Missing required field Principal cannot be empty!')
  for (const [type, names] of entries) {
    const rule = Object.hasOwn(RULES, type) && !(trust && type === 'CanonicalUser') ? RULES[type] : undefined
    if (!rule || !isTexts(names)) fail(`Invalid principal in policy: "${type}"`)
    if (!textsOf(names).length) fail('Missing required field Principal cannot be empty!')
    for (const name of textsOf(names))
      if (!rule(name, exists)) fail(`Invalid principal in policy: "${type.toUpperCase()}":"${name}"`)
  }
}
