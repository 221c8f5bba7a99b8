import { ServiceError } from '../../base/errors.ts'
import { decreasesToday } from './describe.ts'
import { invalid } from './dynalite.ts'
import type { Throughput } from './types.ts'

/** Decreases of one day (UTC) that need no hour between them ("Quotas in Amazon DynamoDB", Throughput capacity decrease). */
const FREE_DECREASES = 4
const HOUR = 3600 * 1000

const stamp = (at: number) => new Date(at).toUTCString()

/**
 * Capacity after a change, which may go up at any time and down as often as AWS allows.
 * @throws ServiceError ValidationException when nothing changes, LimitExceededException for one decrease too many
 */
export const changeThroughput = (
  present: Throughput,
  asked: { ReadCapacityUnits?: number; WriteCapacityUnits?: number },
  now: number,
  what = 'table',
): Throughput => {
  const read = asked.ReadCapacityUnits ?? present.read
  const write = asked.WriteCapacityUnits ?? present.write
  if (read === present.read && write === present.write)
    throw invalid(
      `The provisioned throughput for the ${what} will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the ${what}: ${present.read}. Requested ReadCapacityUnits: ${read}. Current WriteCapacityUnits provisioned for the ${what}: ${present.write}. Requested WriteCapacityUnits: ${write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
    )
  const raised = read > present.read || write > present.write
  const lowered = read < present.read || write < present.write
  const today = decreasesToday(present, now)
  const last = today.at(-1)
  if (lowered && today.length >= FREE_DECREASES && last !== undefined && now - last < HOUR)
    throw new ServiceError(
      'LimitExceededException',
      `Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first ${FREE_DECREASES} decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of decreases today: ${today.length}. Last decrease at ${stamp(last)}. Next decrease can be made at ${stamp(last + HOUR)}`,
    )
  return {
    read,
    write,
    increased: raised ? now : present.increased,
    decreased: lowered ? now : present.decreased,
    decreases: lowered ? [...today, now] : today,
  }
}
