import { length, range } from '../constraints.ts'
import { DAY, keptSince, sizeOf } from './events.ts'
import { invalid, type Operations, streamArn, theGroup, theStream, valid } from './names.ts'
import { SEQUENCE } from './streams.ts'
import { groupKeys } from './tags.ts'

/** Limits of PutLogEvents: bytes of a batch and of an event, events of a batch. */
const LARGEST_BATCH = 1_048_576
const LARGEST_EVENT = 1_048_576
const MOST_EVENTS = 10_000
/** Events older or newer than this are left out of a batch. */
const TOO_OLD = 14 * DAY
const TOO_NEW = DAY / 12

interface Given {
  timestamp: number
  message: string
}

const checkBatch = (events: readonly Given[]) => {
  const sizes = events.map(({ message }) => sizeOf(message))
  const large = sizes.find((size) => size > LARGEST_EVENT)
  if (large) throw invalid(`Log event too large: ${large} bytes exceeds limit of ${LARGEST_EVENT}`)
  const whole = sizes.reduce((sum, size) => sum + size, 0)
  if (whole > LARGEST_BATCH) throw invalid(`Upload too large: ${whole} bytes exceeds limit of ${LARGEST_BATCH}`)
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0)))
    throw invalid('Log events in a single PutLogEvents request must be in chronological order.')
  if ((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) > DAY)
    throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
}

export const writing = {
  PutLogEvents: {
    action: ({ logGroupName, logStreamName }, call) => [
      'logs:PutLogEvents',
      streamArn(call, logGroupName, logStreamName),
      groupKeys(call, logGroupName, call.store),
    ],
    run(input, call) {
      const events = input.logEvents as Given[]
      valid(length('logEvents', events, 1, MOST_EVENTS))
      for (const [index, { timestamp, message }] of events.entries())
        valid(
          range(`logEvents.${index + 1}.member.timestamp`, timestamp, 0),
          length(`logEvents.${index + 1}.member.message`, message, 1, Number.POSITIVE_INFINITY),
        )
      checkBatch(events)
      const group = theGroup(input, call)
      const stream = theStream(group, input.logStreamName, call.store)
      const now = call.ground.clock.now()
      // In chronological order the refused ones stand at the two ends.
      const before = (moment: number) => {
        const index = events.findIndex(({ timestamp }) => timestamp >= moment)
        return index < 0 ? events.length : index
      }
      const expired = before(keptSince(group.retention, now))
      const tooOld = before(now - TOO_OLD)
      const tooNew = before(now + TOO_NEW + 1)
      call.store.events.add(group, stream.id, events.slice(Math.max(expired, tooOld), tooNew))
      const rejected = {
        ...(expired && { expiredLogEventEndIndex: expired }),
        ...(tooOld && { tooOldLogEventEndIndex: tooOld }),
        ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
      }
      return {
        nextSequenceToken: SEQUENCE,
        ...(Object.keys(rejected).length && { rejectedLogEventsInfo: rejected }),
      }
    },
  },
} satisfies Operations
