import { ServiceError } from '../../base/errors.ts'
import { length, oneOf, range } from '../constraints.ts'
import type { Call } from '../service.ts'
import { groupArn, groupName, invalid, type Operations, streamArn, theGroup, valid } from './names.ts'
import type { Group, LogsStore } from './store.ts'
import { checkTags, groupKeys, tagKeys } from './tags.ts'

/** The numbers of days that AWS can keep events for (PutRetentionPolicy). */
export const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

/** What an operation on a whole group asks for. */
const onGroup =
  <In extends { logGroupName: string }>(action: string) =>
  ({ logGroupName }: In, call: Call<LogsStore>) =>
    [`logs:${action}`, streamArn(call, logGroupName), groupKeys(call, logGroupName, call.store)] as const

const described = (group: Group) => {
  const arn = groupArn(group, group.name)
  return {
    logGroupName: group.name,
    creationTime: group.created,
    retentionInDays: group.retention ?? undefined,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    storedBytes: group.bytes,
    logGroupClass: 'STANDARD' as const,
  }
}

export const groups = {
  CreateLogGroup: {
    action: ({ logGroupName, tags }, call) => ['logs:CreateLogGroup', streamArn(call, logGroupName), tagKeys(tags)],
    run({ logGroupName, tags = {}, logGroupClass, kmsKeyId, deletionProtectionEnabled }, call) {
      valid(
        ...groupName(logGroupName),
        oneOf('logGroupClass', logGroupClass, ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY']),
      )
      for (const [member, given] of Object.entries({
        kmsKeyId,
        deletionProtectionEnabled,
        logGroupClass: logGroupClass !== 'STANDARD' && logGroupClass,
      }))
        if (given) throw invalid(`The local cloud has no log groups with ${member} ${given}.`)
      checkTags(tags)
      if (call.store.group(call, logGroupName))
        throw new ServiceError('ResourceAlreadyExistsException', 'The specified log group already exists')
      call.store.addGroup(call, logGroupName, tags)
      return {}
    },
  },
  DeleteLogGroup: {
    action: onGroup('DeleteLogGroup'),
    run(input, call) {
      call.store.removeGroup(theGroup(input, call))
      return {}
    },
  },
  DescribeLogGroups: {
    action: (_, call) => ['logs:DescribeLogGroups', streamArn(call, '')],
    run(input, call) {
      const { logGroupNamePrefix: prefix, logGroupNamePattern: text, nextToken, limit = 50 } = input
      valid(
        ...groupName(prefix, 'logGroupNamePrefix'),
        ...groupName(text, 'logGroupNamePattern'),
        range('limit', limit, 1, 50),
        length('nextToken', nextToken, 1, 4096),
        length('logGroupIdentifiers', input.logGroupIdentifiers, 1, 50),
      )
      if (prefix !== undefined && text !== undefined)
        throw invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
      if (input.logGroupIdentifiers) {
        const named = input.logGroupIdentifiers.map((one) => theGroup({ logGroupIdentifier: one }, call))
        return { logGroups: named.map(described) }
      }
      if (input.logGroupClass && input.logGroupClass !== 'STANDARD') return { logGroups: [] }
      const after = nextToken === undefined ? '' : Buffer.from(nextToken, 'base64url').toString()
      const page = call.store.groups(call, { prefix: prefix ?? '', text: text ?? '', after, limit: limit + 1 })
      const logGroups = page.slice(0, limit)
      const last = page.length > limit ? logGroups.at(-1) : undefined
      return { logGroups: logGroups.map(described), nextToken: last && Buffer.from(last.name).toString('base64url') }
    },
  },
  PutRetentionPolicy: {
    action: onGroup('PutRetentionPolicy'),
    run(input, call) {
      const group = theGroup(input, call)
      valid(oneOf('retentionInDays', input.retentionInDays, RETENTIONS))
      call.store.retain(group, input.retentionInDays)
      return {}
    },
  },
  DeleteRetentionPolicy: {
    action: onGroup('DeleteRetentionPolicy'),
    run(input, call) {
      call.store.retain(theGroup(input, call), null)
      return {}
    },
  },
} satisfies Operations
