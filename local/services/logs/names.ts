import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import { ServiceError } from '../../base/errors.ts'
import { type Broken, keep, length, pattern } from '../constraints.ts'
import type { Context, service } from '../service.ts'
import type { Group, LogsStore, Place, Stream } from './store.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, LogsStore>>[1]

export const INVALID = 'InvalidParameterException'
/** @throws ServiceError `InvalidParameterException` for anything broken. */
export const valid = (...broken: Broken[]): void => keep(INVALID, ...broken)
export const invalid = (message: string): ServiceError => new ServiceError(INVALID, message)
export const groupMissing = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.')
export const streamMissing = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.')

export const groupName = (name: string | undefined, member = 'logGroupName'): Broken[] => [
  length(member, name, 1, 512),
  pattern(member, name, /^[.\-_/#A-Za-z0-9]+$/, '[\\.\\-_/#A-Za-z0-9]+'),
]
export const streamName = (name: string | undefined, member = 'logStreamName'): Broken[] => [
  length(member, name, 1, 512),
  pattern(member, name, /^[^:*]*$/),
]

/** The ARN of a group as operations on it are decided: policies name it with `:*` behind it. */
export const groupArn = ({ account, region }: Place, name: string): string =>
  `arn:aws:logs:${region}:${account}:log-group:${name}`
export const streamArn = (place: Place, group: string, stream = ''): string =>
  `${groupArn(place, group)}:log-stream:${stream}`

/** The two ways to name a group: `logGroupName`, or `logGroupIdentifier`, which takes its ARN too. */
export interface Named {
  logGroupName?: string
  logGroupIdentifier?: string
}

/** The name that a request gives a group; `''` for one that names none, which {@link theGroup} refuses. */
export const nameOf = ({ logGroupName, logGroupIdentifier }: Named): string =>
  logGroupName ?? logGroupIdentifier?.replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '').replace(/:\*$/, '') ?? ''

/**
 * The group that a request names.
 * @throws ServiceError `InvalidParameterException`, `ResourceNotFoundException`
 */
export const theGroup = (named: Named, { store, account, region }: Context & { store: LogsStore }): Group => {
  const { logGroupName, logGroupIdentifier } = named
  if (logGroupName !== undefined && logGroupIdentifier !== undefined)
    throw invalid('logGroupName and logGroupIdentifier must not both be specified.')
  if (logGroupName === undefined && logGroupIdentifier === undefined)
    throw invalid('Either logGroupName or logGroupIdentifier must be specified.')
  valid(...groupName(nameOf(named), logGroupName === undefined ? 'logGroupIdentifier' : 'logGroupName'))
  const place = /^arn:[^:]*:logs:([^:]*):([^:]*):/.exec(logGroupIdentifier ?? '')
  const group = store.group({ region: place?.[1] ?? region, account: place?.[2] ?? account }, nameOf(named))
  if (!group) throw groupMissing()
  return group
}

/** @throws ServiceError `InvalidParameterException`, `ResourceNotFoundException` */
export const theStream = (group: Group, name: string, store: LogsStore): Stream => {
  valid(...streamName(name))
  const stream = store.stream(group, name)
  if (!stream) throw streamMissing()
  return stream
}
