import { type CompiledStatement, compile, fits } from './compile.ts'
import { explicitDeny, nameOf, nearestMiss, nothingAllows, type Side, written } from './explain.ts'
import type { Standing } from './principals.ts'
import { type Request, requestOf } from './request.ts'
import type { Caller, ConditionKeys, Decision, PolicySource } from './types.ts'

/** One question to IAM. */
export interface Question {
  action: string
  resource: string
  caller: Caller
  /** `aws:ResourceAccount` says whose the resource is where its ARN does not. */
  keys: ConditionKeys
  /** Every policy that has a say: of the caller, its limits, of the resource. */
  policies: PolicySource[]
}

/** A statement that fits, and the policy it stands in. */
interface Found {
  source: PolicySource
  statement: CompiledStatement
}

/** What the policies say, kind by kind. */
interface Findings {
  identity?: Found
  boundary?: Found
  session?: Found
  /** The Allow of the resource's policy that reaches farthest, and how far. */
  resource?: Found & { standing: Standing }
  deny?: Found
}

const REACH: Record<Standing, number> = { account: 1, role: 2, direct: 3 }

const isRoleTrust = ({ resource }: Request) => resource.startsWith('arn:aws:iam:')
/** What a role's trust policy decides: who may take it on. All else about a role is decided as for any resource. */
const takesOnRole = ({ actionLower }: Request) =>
  actionLower.startsWith('sts:assumerole') ||
  actionLower === 'sts:tagsession' ||
  actionLower === 'sts:setsourceidentity'

const look = (policies: readonly PolicySource[], request: Request): Findings => {
  const findings: Findings = {}
  for (const source of policies) {
    const { kind } = source
    const ofResource = kind === 'resource' || kind === 'trust'
    for (const statement of compile(source.policy)) {
      if (statement.allow && !ofResource && findings[kind]) continue
      const standing = ofResource ? statement.principal?.(request.caller) : 'direct'
      if (standing === undefined || !fits(statement, request)) continue
      if (!statement.allow) return { deny: { source, statement } }
      if (!ofResource) findings[kind] = { source, statement }
      else if (!findings.resource || REACH[standing] > REACH[findings.resource.standing])
        findings.resource = { source, statement, standing }
    }
  }
  return findings
}

const accountOf = ({ resource, caller, value }: Request): string => {
  const named = resource.split(':', 5)[4] || value('aws:ResourceAccount')
  // AWS's own policies, arn:aws:iam::aws:policy/…, belong to every account.
  return typeof named === 'string' && /^\d{12}$/.test(named) ? named : caller.account
}

/**
 * Decides a question as AWS does (IAM user guide, "Policy evaluation logic" and "Cross-account policy evaluation logic"):
 * a Deny anywhere wins; in one account identity or resource policies may allow, across accounts both must; boundary and
 * session policies limit; trust policies of roles and key policies must allow themselves.
 */
export const decide = (question: Question): Decision => {
  const request = requestOf(question)
  const forRole = takesOnRole(request)
  const policies =
    forRole || !isRoleTrust(request) ? question.policies : question.policies.filter(({ kind }) => kind !== 'trust')
  const findings = look(policies, request)
  if (findings.deny) return denied(findings.deny, request)

  const has = (kind: PolicySource['kind']) => policies.some((source) => source.kind === kind)
  const { caller } = request
  const isPrincipal = caller.kind === 'user' || caller.kind === 'role'
  const trust = forRole || has('trust')
  const across = isPrincipal && accountOf(request) !== caller.account
  const { resource } = findings
  const refuse = (side: Side) => refused(side, policies, request)

  // Services, strangers and those that come with a provider's token have no policies of their own.
  const resourceSide: Side = forRole ? 'roleTrust' : 'resource'
  if (!isPrincipal) return resource ? allowed(resource, request) : refuse(resourceSide)
  if (trust && !resource) return refuse(resourceSide)
  if (resource && !across && resource.standing === 'direct') return allowed(resource, request)
  const given = findings.identity ?? (resource && !across && resource.standing === 'role' ? resource : undefined)
  if (!given) return refuse('identity')
  if (across && !resource) return refuse(resourceSide)
  if (has('boundary') && !findings.boundary) return refuse('boundary')
  if (has('session') && !findings.session) return refuse('session')
  return allowed(given, request)
}

const allowed = ({ source, statement }: Found, { action, resource }: Request): Decision => {
  const decidedBy = nameOf(source, statement)
  return {
    outcome: 'allow',
    allowed: true,
    action,
    resource,
    decidedBy,
    because: '',
    reason: `allowed: ${written(decidedBy)}`,
  }
}

const sideOf = ({ kind }: PolicySource, request: Request): Side =>
  kind === 'trust' ? (takesOnRole(request) ? 'roleTrust' : 'resource') : kind

const denied = ({ source, statement }: Found, request: Request): Decision => {
  const { action, resource } = request
  const decidedBy = nameOf(source, statement)
  return {
    outcome: 'explicitDeny',
    allowed: false,
    action,
    resource,
    decidedBy,
    because: explicitDeny(sideOf(source, request)),
    reason: `denied: ${action} on ${resource}: ${written(decidedBy)}, denies it`,
  }
}

const refused = (side: Side, policies: readonly PolicySource[], request: Request): Decision => {
  const { action, resource } = request
  // In one account the resource's policy could have allowed as well as those of the caller.
  const kinds: PolicySource['kind'][] =
    side === 'identity'
      ? ['identity', 'resource']
      : side === 'resource' || side === 'roleTrust'
        ? ['resource', 'trust']
        : [side]
  const nearest = nearestMiss(
    policies.filter(({ kind }) => kinds.includes(kind)),
    request,
  )
  const because = nothingAllows(side, action)
  return {
    outcome: 'implicitDeny',
    allowed: false,
    action,
    resource,
    ...(nearest && { nearest }),
    because,
    reason: `denied: ${because} on ${resource}${nearest ? `; nearest: ${written(nearest)}: ${nearest.missed}` : ''}`,
  }
}
