import { conditionFault, type Dict, type Fail, isDict, isTexts, listOf, textsOf } from './documents.ts'

/** The rules for policies of principals, in the words and in the order in which IAM refuses. */

const SYNTAX = 'Syntax errors in policy.'
const LEGACY = 'The policy failed legacy parsing'
const VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'

const TOP = new Set(['Version', 'Id', 'Statement'])
const ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'])
const LISTS = ['Action', 'NotAction', 'Resource', 'NotResource']

export const checkIdentity = (policy: Dict | undefined, managed: boolean, fail: Fail): void => {
  if (!policy || !Object.keys(policy).every((key) => TOP.has(key))) fail(SYNTAX)
  const { Version, Id, Statement } = policy
  if (Version !== undefined && Version !== '2008-10-17' && Version !== '2012-10-17') fail(SYNTAX)
  if (Id !== undefined && typeof Id !== 'string') fail(SYNTAX)
  const statements = listOf(Statement)
  if (!statements.length || !statements.every(isDict)) fail(SYNTAX)
  for (const statement of statements) checkSyntax(statement, fail)
  if (managed && Version !== '2012-10-17') fail('Policy document must be version 2012-10-17 or greater.')
  checkSids(statements, fail)
  for (const statement of statements) {
    const actions = textsOf(statement.Action ?? statement.NotAction)
    const resources = textsOf(statement.Resource ?? statement.NotResource)
    if (!actions.length) fail('Policy statement must contain actions.')
    if (!resources.length) fail('Policy statement must contain resources.')
    for (const resource of resources) checkResource(resource, fail)
    for (const action of actions) checkAction(action, fail)
  }
}

const checkSyntax = (statement: Dict, fail: Fail): void => {
  if ('Principal' in statement || 'NotPrincipal' in statement) fail('Policy document should not specify a principal.')
  if (!Object.keys(statement).every((key) => ELEMENTS.has(key))) fail(SYNTAX)
  const { Effect, Sid, Condition } = statement
  if (Effect !== 'Allow' && Effect !== 'Deny') fail(SYNTAX)
  if (Sid !== undefined && typeof Sid !== 'string') fail(SYNTAX)
  if ('Action' in statement && 'NotAction' in statement) fail(SYNTAX)
  if ('Resource' in statement && 'NotResource' in statement) fail(SYNTAX)
  for (const element of LISTS) if (element in statement && !isTexts(statement[element])) fail(SYNTAX)
  const fault = Condition === undefined ? undefined : conditionFault(Condition)
  if (fault) fail(fault.kind === 'key' ? VENDOR : fault.kind === 'date' ? LEGACY : SYNTAX)
}

const checkSids = (statements: readonly Dict[], fail: Fail): void => {
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => typeof sid === 'string' && sid !== '') as string[]
  if (!sids.every((sid) => /^[0-9A-Za-z]*$/.test(sid)))
    fail(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    )
  if (new Set(sids).size < sids.length) fail('Statement IDs (SID) in a single policy must be unique.')
}

const checkAction = (action: string, fail: Fail): void => {
  if (action === '*') return
  const [vendor = '', ...names] = action.split(':')
  if (!names.length) fail(VENDOR)
  if (names.length > 1) fail('Actions/Condition can contain only one colon.')
  if (vendor !== '*' && /[^a-zA-Z0-9\-.]/.test(vendor)) fail(`Vendor ${vendor} is not valid`)
}

const IAM_PATHS = [
  ...['user/', 'federated-user/', 'role/', 'group/', 'instance-profile/', 'mfa/', 'server-certificate/', 'policy/'],
  ...['sms-mfa/', 'saml-provider/', 'oidc-provider/', 'report/', 'access-report/'],
]

const checkResource = (resource: string, fail: Fail): void => {
  if (resource === '*') return
  const [prefix, partition, service, region, account, ...rest] = resource.split(':')
  if (partition === undefined) fail(`Resource ${resource} must be in ARN format or "*".`)
  if (partition !== 'aws') {
    const shown = [service || '*', region ?? '*', account ?? '*', rest.length ? rest.join(':') : '*'].join(':')
    fail(`Partition "${partition}" is not valid for resource "arn:${partition}:${shown}".`)
  }
  if (service === undefined || /[*?]/.test(service))
    fail('Resource vendor must be fully qualified and cannot contain regexes.')
  if (service === 'iam' && region) fail(`IAM resource ${resource} cannot contain region information.`)
  if (service === 's3' && region) fail(`Resource ${resource} can not contain region information.`)
  if (prefix !== 'arn' || service === '' || !rest.length) fail(LEGACY)
  const path = rest.join(':')
  if (service === 'iam' && path !== '*' && path !== 'root' && !IAM_PATHS.some((start) => path.startsWith(start)))
    fail(`IAM resource path must either be "*" or start with ${IAM_PATHS.join(', ')}.`)
}
