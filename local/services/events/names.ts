import type * as Sdk from '@aws-sdk/client-eventbridge'
import { ServiceError } from '../../base/errors.ts'
import { type Broken, keep, length, pattern, range } from '../constraints.ts'
import type { Context, service } from '../service.ts'
import type { EventsStore } from './store.ts'
import type { Place, Rule } from './types.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, EventsStore>>[1]

const INVALID = 'ValidationException'
/** @throws ServiceError `ValidationException` for anything broken. */
export const valid = (...broken: Broken[]): void => keep(INVALID, ...broken)
export const invalid = (message: string): ServiceError => new ServiceError(INVALID, message)
export const missing = (message: string): ServiceError => new ServiceError('ResourceNotFoundException', message)

/** The one bus that there is. */
export const DEFAULT_BUS = 'default'

export const ruleName = (name: string | undefined, member: string): Broken[] => [
  length(member, name, 1, 64),
  pattern(member, name, /^[.\-_A-Za-z0-9]+$/, '[\\.\\-_A-Za-z0-9]+'),
]

export const ruleArn = ({ region, account }: Place, name: string): string =>
  `arn:aws:events:${region}:${account}:rule/${name}`

/** The name of a bus that is given by name or ARN. */
export const busNamed = (given: string = DEFAULT_BUS): string =>
  given.replace(/^arn:[^:]*:events:[^/]*:event-bus\//, '')

/** @throws ServiceError `ValidationException`, `ResourceNotFoundException` for any bus but `default` */
export const checkBus = (given: string | undefined): void => {
  valid(
    length('eventBusName', given, 1, 1600),
    pattern(
      'eventBusName',
      given,
      /^(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:\d{12}:event-bus\/)?[/.\-_A-Za-z0-9]+$/,
    ),
  )
  if (busNamed(given) !== DEFAULT_BUS) throw missing(`Event bus ${busNamed(given)} does not exist.`)
}

/** How a request names a rule. */
export interface NamedRule {
  Name?: string
  Rule?: string
  EventBusName?: string
}

/** The ARN of the rule that a request names, as IAM decides it; rules of other buses stand below their bus. */
export const arnOfNamed = ({ Name, Rule, EventBusName }: NamedRule, place: Place): string => {
  const bus = busNamed(EventBusName)
  return ruleArn(place, `${bus === DEFAULT_BUS ? '' : `${bus}/`}${Name ?? Rule ?? ''}`)
}

/** @throws ServiceError `ValidationException`, `ResourceNotFoundException` */
export const theRule = (named: NamedRule, call: Context & { store: EventsStore }): Rule => {
  const { Name, Rule, EventBusName } = named
  valid(...ruleName(Name ?? Rule, Name === undefined ? 'rule' : 'name'))
  checkBus(EventBusName)
  const rule = call.store.rule(arnOfNamed(named, call))
  if (!rule) throw missing(`Rule ${Name ?? Rule} does not exist on EventBus ${DEFAULT_BUS}.`)
  return rule
}

const LARGEST_PAGE = 100

/** One page of a list that is ordered by `name`, and the token of the next. */
export const pageOf = <T>(
  all: readonly T[],
  name: (one: T) => string,
  { Limit = LARGEST_PAGE, NextToken }: { Limit?: number; NextToken?: string },
): { page: T[]; NextToken: string | undefined } => {
  valid(length('nextToken', NextToken, 1, 2048), range('limit', Limit, 1, LARGEST_PAGE))
  const after = NextToken === undefined ? undefined : Buffer.from(NextToken, 'base64url').toString()
  const rest = after === undefined ? all : all.filter((one) => name(one) > after)
  const page = rest.slice(0, Limit)
  const last = rest.length > Limit ? page.at(-1) : undefined
  return { page, NextToken: last && Buffer.from(name(last)).toString('base64url') }
}
