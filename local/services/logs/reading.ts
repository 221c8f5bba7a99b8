import { length, range } from '../constraints.ts'
import { END, type Position, START, type StoredEvent, sizeOf } from './events.ts'
import { invalid, nameOf, type Operations, streamArn, streamName, theGroup, theStream, valid } from './names.ts'
import { matcher } from './patterns.ts'
import { groupKeys } from './tags.ts'

/** An answer has at most this many events, and bytes. */
const MOST = 10_000
const LARGEST = 1_048_576
/** FilterLogEvents looks at this many events for one answer; an answer may be empty and still have a token, as on AWS. */
const LOOKED_AT = 50_000

/** A place as digits: 20 for the time, 36 for the order within it. An event's id has this form too. */
const digits = ({ at, id }: Position) => `${at}`.padStart(20, '0') + `${id}`.padStart(36, '0')
const positionOf = (text: string | undefined): Position => {
  if (!text || !/^\d{56}$/.test(text)) throw invalid('The specified nextToken is invalid.')
  return { at: Number(text.slice(0, 20)), id: Number(text.slice(20)) }
}
const timesOf = (startTime: number | undefined, endTime: number | undefined) => {
  valid(range('startTime', startTime, 0), range('endTime', endTime, 0))
  return { from: startTime ?? 0, until: endTime ?? END.at }
}

/** Takes what fits into one answer; says whether there is more, and where it stopped. */
const take = (events: Iterable<StoredEvent>, limit: number, wanted: (event: StoredEvent) => boolean) => {
  const taken: StoredEvent[] = []
  let bytes = 0
  let looked = 0
  let at: Position | undefined
  for (const event of events) {
    const fits = taken.length < limit && looked < LOOKED_AT
    const matches = fits && wanted(event)
    const size = matches ? sizeOf(event.message) : 0
    if (!fits || (bytes && bytes + size > LARGEST)) return { taken, at, more: true }
    if (matches) taken.push(event)
    bytes += size
    looked++
    at = { at: event.at, id: event.id }
  }
  return { taken, at, more: false }
}

export const reading = {
  GetLogEvents: {
    action: (input, call) => [
      'logs:GetLogEvents',
      streamArn(call, nameOf(input), input.logStreamName),
      groupKeys(call, nameOf(input), call.store),
    ],
    run(input, call) {
      const { nextToken, startFromHead = false, limit = MOST, startTime, endTime } = input
      valid(range('limit', limit, 1, MOST))
      const times = timesOf(startTime, endTime)
      const [, direction, place] =
        nextToken === undefined ? [] : (/^([fb])\/(\d{56})\/s$/.exec(nextToken) ?? ['', 'f', ''])
      const backward = direction ? direction === 'b' : !startFromHead
      const beyond = direction ? positionOf(place) : backward ? END : START
      const group = theGroup(input, call)
      const stream = theStream(group, input.logStreamName, call.store)
      // The end time is exclusive here, unlike in FilterLogEvents.
      const found = call.store.events.ofStream(group, stream.id, { ...times, until: times.until - 1, beyond, backward })
      const { taken } = take(found, limit, () => true)
      if (backward) taken.reverse()
      const [first, last] = [taken[0], taken.at(-1)]
      // At an end the token stays the same; the other one leads back over the event that it points at.
      const empty = direction ? beyond : START
      const forward = last ?? (backward && direction ? { ...empty, id: Math.max(0, empty.id - 1) } : empty)
      const back = first ?? (backward ? empty : { ...empty, id: empty.id + 1 })
      return {
        events: taken.map(({ at, ingested, message }) => ({ timestamp: at, ingestionTime: ingested, message })),
        nextForwardToken: `f/${digits(forward)}/s`,
        nextBackwardToken: `b/${digits(back)}/s`,
      }
    },
  },
  FilterLogEvents: {
    action: (input, call) => [
      'logs:FilterLogEvents',
      streamArn(call, nameOf(input)),
      groupKeys(call, nameOf(input), call.store),
    ],
    run(input, call) {
      const {
        logStreamNames: names,
        logStreamNamePrefix: prefix,
        nextToken,
        limit = MOST,
        startFromHead = true,
      } = input
      valid(
        range('limit', limit, 1, MOST),
        length('logStreamNames', names, 1, 100),
        length('filterPattern', input.filterPattern, 0, 1024),
        ...streamName(prefix, 'logStreamNamePrefix'),
      )
      if (names && prefix !== undefined)
        throw invalid('logStreamNames and logStreamNamePrefix must not both be specified.')
      const group = theGroup(input, call)
      const streams = names && new Set(names.map((name) => theStream(group, name, call.store).name))
      const matches = matcher(input.filterPattern ?? '')
      const range_ = {
        ...timesOf(input.startTime, input.endTime),
        beyond: nextToken === undefined ? (startFromHead ? START : END) : positionOf(nextToken),
        backward: !startFromHead,
      }
      const { taken, at, more } = take(
        call.store.events.ofGroup(group, range_),
        limit,
        ({ stream, message }) => (streams ? streams.has(stream) : stream.startsWith(prefix ?? '')) && matches(message),
      )
      return {
        events: taken.map(({ id, stream, at, ingested, message }) => ({
          logStreamName: stream,
          timestamp: at,
          message,
          ingestionTime: ingested,
          eventId: digits({ at, id }),
        })),
        searchedLogStreams: [], // always empty since 2019
        nextToken: more && at ? digits(at) : undefined,
      }
    },
  },
} satisfies Operations
