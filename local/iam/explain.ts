import { type CompiledStatement, compile, fitsAction, fitsConditions, fitsResource } from './compile.ts'
import type { Request } from './request.ts'
import type { Caller, Decision, PolicySource, StatementName } from './types.ts'
import { textIn } from './variables.ts'

/** The words of a decision: AWS's clause for the caller, a sentence for people, the nearest miss. */

/** Which policies a request is refused by; AWS names one kind. */
export type Side = 'identity' | 'boundary' | 'session' | 'resource' | 'roleTrust'

const KINDS: Record<Side, string> = {
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  resource: 'resource-based policy',
  roleTrust: 'role trust policy',
}

/** AWS's clause when nothing allows (IAM user guide, "Troubleshoot access denied error messages"). */
export const nothingAllows = (side: Side, action: string): string => `no ${KINDS[side]} allows the ${action} action`

/** AWS's clause when a statement denies. */
export const explicitDeny = (side: Side): string => {
  const article = side === 'roleTrust' ? 'the' : side === 'identity' ? 'an' : 'a'
  return `with an explicit deny in ${article} ${KINDS[side]}`
}

/** A statement of a policy, by name. */
export const nameOf = (source: PolicySource, { index, source: statement }: CompiledStatement): StatementName => ({
  policy: source.name,
  kind: source.kind,
  index,
  ...(statement.Sid === undefined ? {} : { sid: statement.Sid }),
  statement,
})

/** `bucket policy of pictures, statement 2 (PublicRead)`. */
export const written = ({ policy, index, sid }: StatementName): string =>
  `${policy}, statement ${index + 1}${sid ? ` (${sid})` : ''}`

/** How the person at the terminal reads a caller. */
export const callerName = (caller: Caller): string => {
  switch (caller.kind) {
    case 'anonymous':
      return caller.provider ?? 'anonymous'
    case 'service':
      return caller.principal
    default:
      return caller.arn
  }
}

const MOST_SHOWN = 4
const shown = (texts: readonly string[]): string =>
  texts.length <= MOST_SHOWN
    ? texts.join(', ')
    : `${texts.slice(0, MOST_SHOWN).join(', ')} and ${texts.length - MOST_SHOWN} more`

const list = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String)

const missedAction = ({ source, notActions }: CompiledStatement, { action }: Request) =>
  notActions
    ? `action ${action} is among NotAction ${shown(list(source.NotAction))}`
    : `action ${shown(list(source.Action))} does not match ${action}`

const missedResource = ({ resources = [], notResources }: CompiledStatement, request: Request) => {
  const texts = resources.map((resource) => {
    if (resource.fixed) return resource.text
    const text = textIn(resource, request)
    return text === undefined ? `${resource.text} (whose variable has no value)` : `${resource.text} (here ${text})`
  })
  return notResources
    ? `resource ${request.resource} is among NotResource ${shown(texts)}`
    : `resource ${shown(texts)} does not match ${request.resource}`
}

const missedPrincipal = ({ source }: CompiledStatement, { caller }: Request) =>
  source.Principal === undefined && source.NotPrincipal === undefined
    ? 'it names no principal'
    : source.Principal === undefined
      ? `NotPrincipal ${JSON.stringify(source.NotPrincipal)} leaves out ${callerName(caller)}`
      : `principal ${JSON.stringify(source.Principal)} is not ${callerName(caller)}`

const missedConditions = ({ conditions }: CompiledStatement, request: Request) =>
  conditions
    .filter((condition) => !condition.holds(request))
    .map(({ operator, key, wanted }) => {
      const value = request.value(key)
      const is = value === undefined ? 'not in the request' : `${JSON.stringify(value)} here`
      return `condition ${operator} ${key} ${JSON.stringify(wanted.length === 1 ? wanted[0] : wanted)} does not hold: it is ${is}`
    })
    .join('; ')

/** What a statement would have to fit, and how near it came: action first, then resource, principal and conditions. */
const measure = (statement: CompiledStatement, request: Request, needsPrincipal: boolean) => {
  const action = fitsAction(statement, request)
  const resource = fitsResource(statement, request)
  const principal = !needsPrincipal || statement.principal?.(request.caller) !== undefined
  const conditions = fitsConditions(statement, request)
  const missed = [
    principal ? '' : missedPrincipal(statement, request),
    action ? '' : missedAction(statement, request),
    resource ? '' : missedResource(statement, request),
    conditions ? '' : missedConditions(statement, request),
  ].filter(Boolean)
  return {
    score: (action ? 8 : 0) + (resource ? 4 : 0) + (principal ? 2 : 0) + (conditions ? 1 : 0),
    missed: missed.join('; '),
  }
}

const namesService = ({ source }: CompiledStatement, { actionLower }: Request) => {
  const service = actionLower.slice(0, actionLower.indexOf(':') + 1)
  return list(source.Action ?? source.NotAction).some((one) => one === '*' || one.toLowerCase().startsWith(service))
}

/**
 * The Allow statement that came nearest, among the policies that could have allowed. Statements about other services are
 * no misses.
 */
export const nearestMiss = (sources: readonly PolicySource[], request: Request): Decision['nearest'] => {
  let best = -1
  let nearest: Decision['nearest']
  for (const source of sources) {
    const needsPrincipal = source.kind === 'resource' || source.kind === 'trust'
    for (const statement of compile(source.policy)) {
      if (!statement.allow || !namesService(statement, request)) continue
      const { score, missed } = measure(statement, request, needsPrincipal)
      if (score <= best || !missed) continue
      best = score
      nearest = { ...nameOf(source, statement), missed }
    }
  }
  return nearest
}
