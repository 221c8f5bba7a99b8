import type * as Sdk from '@aws-sdk/client-scheduler'
import { ServiceError } from '../../base/errors.ts'
import { type Broken, keep, length, pattern, range } from '../constraints.ts'
import type { Context, service } from '../service.ts'
import type { SchedulerStore } from './store.ts'
import type { Group, Place, Schedule } from './types.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, SchedulerStore>>[1]

const INVALID = 'ValidationException'
/** @throws ServiceError `ValidationException` for anything broken. */
export const valid = (...broken: Broken[]): void => keep(INVALID, ...broken)
export const invalid = (message: string): ServiceError => new ServiceError(INVALID, message)
export const missing = (message: string): ServiceError => new ServiceError('ResourceNotFoundException', message)
export const conflict = (message: string): ServiceError => new ServiceError('ConflictException', message)

/** The group that is always there. */
export const DEFAULT_GROUP = 'default'

export const aName = (member: string, name: string | undefined): Broken[] => [
  length(member, name, 1, 64),
  pattern(member, name, /^[0-9a-zA-Z\-_.]+$/, '^[0-9a-zA-Z-_.]+$'),
]
export const aToken = (token: string | undefined): Broken[] => [
  length('clientToken', token, 1, 64),
  pattern('clientToken', token, /^[a-zA-Z0-9\-_]+$/, '^[a-zA-Z0-9-_]+$'),
]

export const groupArn = ({ region, account }: Place, name: string): string =>
  `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`
export const scheduleArn = ({ region, account }: Place, group: string, name: string): string =>
  `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`

/** How a request names a schedule. */
export interface Named {
  Name: string
  GroupName?: string
}
type Asking = Context & { store: SchedulerStore }

/** @throws ServiceError `ValidationException`, `ResourceNotFoundException` */
export const theGroup = (name: string, call: Asking): Group => {
  valid(...aName('groupName', name))
  const group = call.store.group(call, name)
  if (!group) throw missing(`Schedule group ${name} does not exist.`)
  return group
}

/** @throws ServiceError `ValidationException`, `ResourceNotFoundException` */
export const theSchedule = ({ Name, GroupName = DEFAULT_GROUP }: Named, call: Asking): Schedule => {
  valid(...aName('name', Name), ...aName('groupName', GroupName))
  const schedule = call.store.schedule(scheduleArn(call, GroupName, Name))
  if (!schedule) throw missing(`Schedule ${Name} does not exist.`)
  return schedule
}

const LARGEST_PAGE = 100

/** One page of a list that is ordered by `key`, and the token of the next. */
export const pageOf = <T>(
  all: readonly T[],
  key: (one: T) => string,
  { MaxResults = LARGEST_PAGE, NextToken }: { MaxResults?: number; NextToken?: string },
): { page: T[]; NextToken: string | undefined } => {
  valid(range('maxResults', MaxResults, 1, LARGEST_PAGE), length('nextToken', NextToken, 1, 2048))
  const after = NextToken === undefined ? undefined : Buffer.from(NextToken, 'base64url').toString()
  const rest = after === undefined ? all : all.filter((one) => key(one) > after)
  const page = rest.slice(0, MaxResults)
  const last = rest.length > MaxResults ? page.at(-1) : undefined
  return { page, NextToken: last && Buffer.from(key(last)).toString('base64url') }
}
