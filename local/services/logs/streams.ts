import { ServiceError } from '../../base/errors.ts'
import { oneOf, range } from '../constraints.ts'
import { invalid, nameOf, type Operations, streamArn, streamName, theGroup, theStream, valid } from './names.ts'
import type { Group, Stream } from './store.ts'
import { groupKeys } from './tags.ts'

const described = (group: Group, { name, created, first, last, ingested }: Stream) => ({
  logStreamName: name,
  creationTime: created,
  firstEventTimestamp: first ?? undefined,
  lastEventTimestamp: last ?? undefined,
  lastIngestionTime: ingested ?? undefined,
  uploadSequenceToken: SEQUENCE,
  arn: streamArn(group, group.name, name),
  storedBytes: 0, // AWS reports 0 for streams since 2019
})

/** Sequence tokens are accepted and ignored since 2023; AWS still gives one. */
export const SEQUENCE = '49590302383961034925420000000000000000000000000000000000'

export const streams = {
  CreateLogStream: {
    action: ({ logGroupName, logStreamName }, call) => [
      'logs:CreateLogStream',
      streamArn(call, logGroupName, logStreamName),
      groupKeys(call, logGroupName, call.store),
    ],
    run(input, call) {
      valid(...streamName(input.logStreamName))
      const group = theGroup(input, call)
      if (call.store.stream(group, input.logStreamName))
        throw new ServiceError('ResourceAlreadyExistsException', 'The specified log stream already exists')
      call.store.addStream(group, input.logStreamName)
      return {}
    },
  },
  DeleteLogStream: {
    action: ({ logGroupName, logStreamName }, call) => [
      'logs:DeleteLogStream',
      streamArn(call, logGroupName, logStreamName),
      groupKeys(call, logGroupName, call.store),
    ],
    run(input, call) {
      call.store.removeStream(theStream(theGroup(input, call), input.logStreamName, call.store))
      return {}
    },
  },
  DescribeLogStreams: {
    action: (input, call) => [
      'logs:DescribeLogStreams',
      streamArn(call, nameOf(input)),
      groupKeys(call, nameOf(input), call.store),
    ],
    run(input, call) {
      const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName', descending = false, limit = 50 } = input
      valid(
        ...streamName(prefix, 'logStreamNamePrefix'),
        oneOf('orderBy', orderBy, ['LogStreamName', 'LastEventTime']),
        range('limit', limit, 1, 50),
      )
      if (orderBy === 'LastEventTime' && prefix !== undefined)
        throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.')
      const group = theGroup(input, call)
      const all = call.store.streams(group, prefix ?? '')
      if (orderBy === 'LastEventTime') all.sort((a, b) => (a.last ?? 0) - (b.last ?? 0))
      if (descending) all.reverse()
      const from = input.nextToken === undefined ? 0 : all.findIndex(({ id }) => tokenOf(id) === input.nextToken) + 1
      if (input.nextToken !== undefined && from === 0) throw invalid('The specified nextToken is invalid.')
      const page = all.slice(from, from + limit)
      const last = from + limit < all.length ? page.at(-1) : undefined
      return { logStreams: page.map((one) => described(group, one)), nextToken: last && tokenOf(last.id) }
    },
  },
} satisfies Operations

/** A page of streams ends with this one. */
const tokenOf = (id: number) => Buffer.from(`stream ${id}`).toString('base64url')
