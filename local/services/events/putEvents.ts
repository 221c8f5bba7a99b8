import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import type { Access } from '../../iam/types.ts'
import { length } from '../constraints.ts'
import { isDict, matches } from '../eventMatching.ts'
import { readPattern } from '../eventPatterns.ts'
import { busNamed, checkBus, invalid, type Operations, valid } from './names.ts'
import { timeText } from './store.ts'
import type { BusEvent } from './types.ts'

/** Bytes of all entries of a request (EventBridge quotas), counted as the user guide does. */
const LARGEST = 1_048_576
const TIME_BYTES = 14

const bytesOf = ({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsRequestEntry): number =>
  [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), Time ? TIME_BYTES : 0)

const refused = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage })

/** What AWS answers to an entry that it does not take; nothing for one that it does. */
const wrongWith = (entry: PutEventsRequestEntry) => {
  for (const name of ['Source', 'DetailType', 'Detail'] as const)
    if (!entry[name])
      return refused('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`)
  if (/^aws\./.test(entry.Source ?? ''))
    return refused('NotAuthorizedForSourceException', 'Not authorized for the source.')
  return undefined
}

/** AWS says nothing of it; a thousand levels are what its readers of JSON take (Jackson, `StreamReadConstraints`). */
const DEEPEST = 1000

const isTooDeep = (value: unknown): boolean => {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return false
}

/** Nothing for what is no JSON, or is nested too deeply. */
const detailOf = (text = ''): unknown => {
  try {
    const value = JSON.parse(text)
    return isTooDeep(value) ? undefined : value
  } catch {
    return undefined
  }
}

export const putEvents = {
  PutEvents: {
    action: ({ Entries }, { region, account }) =>
      Entries.map(
        ({ EventBusName, Source, DetailType }): Access => [
          'events:PutEvents',
          `arn:aws:events:${region}:${account}:event-bus/${busNamed(EventBusName)}`,
          { 'events:source': Source, 'events:detail-type': DetailType },
        ],
      ),
    run({ Entries, EndpointId }, call) {
      valid(length('entries', Entries, 1, 10))
      if (EndpointId !== undefined) throw invalid('The local cloud has no global endpoints.')
      if (Entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > LARGEST)
        throw invalid('Total size of the entries in the request is over the limit.')
      for (const { EventBusName } of Entries) checkBus(EventBusName)
      const { ids, clock } = call.ground
      const results = Entries.map((entry) => {
        const wrong = wrongWith(entry)
        if (wrong) return wrong
        const detail = detailOf(entry.Detail)
        if (!isDict(detail)) return refused('MalformedDetail', 'Detail is malformed.')
        const event: BusEvent = {
          ...{ version: '0', id: ids.uuid(), 'detail-type': entry.DetailType ?? '', source: entry.Source ?? '' },
          ...{ account: call.account, time: timeText(entry.Time?.getTime() ?? clock.now()), region: call.region },
          ...{ resources: entry.Resources ?? [], detail },
        }
        call.store.publish(call, event)
        return { EventId: event.id }
      })
      return { FailedEntryCount: results.filter((one) => 'ErrorCode' in one).length, Entries: results }
    },
  },
  TestEventPattern: {
    action: () => ['events:TestEventPattern', '*'],
    run({ EventPattern, Event }) {
      const pattern = readPattern(EventPattern)
      const event = detailOf(Event)
      if (!isDict(event)) throw invalid('Parameter Event is not valid.')
      for (const field of ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'])
        if (!(field in event)) throw invalid(`Parameter Event is not valid. Reason: ${field} is a required field.`)
      return { Result: matches(pattern, event) }
    },
  },
} satisfies Operations
