import { BOOK, type Costs, costsOf, PRICES, type PriceList, type Workload } from './lib/costs.ts'
import { listOf, numberOf, objectOf, oneOf } from './lib/given.ts'

/** Numbers of users, and kinds of requests, of one estimate. */
const MOST = 100
/** How far shares may miss 1 by rounding. */
const NEAR = 1e-6

interface Estimate {
  users: number[]
  requestsPerUser?: number
  prices?: PriceList
  workloads?: Workload[]
}

const workloadOf = (value: unknown, field: string): Workload => {
  const { share, milliseconds, memory, storage } = objectOf(value, field)
  return {
    share: numberOf(share, `${field}.share`, { max: 1 }),
    milliseconds: numberOf(milliseconds, `${field}.milliseconds`, { max: 900_000 }),
    memory: numberOf(memory, `${field}.memory`, { min: 128, max: 10_240, whole: true }),
    ...(storage === undefined
      ? {}
      : { storage: numberOf(storage, `${field}.storage`, { min: 512, max: 10_240, whole: true }) }),
  }
}

/**
 * Estimates what an application costs a month, for several numbers of users. Chapter 12, table 12.1.
 * @param event `users`, a list; `requestsPerUser` a month, 100 when left out; `prices`: `book` (2016, 100 ms), `x86_64` or
 * `arm64` (today, 1 ms), `book` when left out; `workloads`, those of the table when left out: the `share` of the requests,
 * `milliseconds`, `memory` and `storage` in MB
 * @returns a row for each number of users, in US dollars
 * @throws TypeError, RangeError for anything else, naming the field
 */
export const handler = async (event: Partial<Estimate> | null): Promise<{ prices: PriceList; rows: Costs[] }> => {
  const { users, requestsPerUser = 100, prices = 'book', workloads = BOOK } = objectOf(event, 'the event')
  const list = oneOf(prices, 'prices', Object.keys(PRICES) as PriceList[])
  const kinds = listOf(workloads, 'workloads', MOST).map((one, index) => workloadOf(one, `workloads[${index}]`))
  const whole = kinds.reduce((sum, { share }) => sum + share, 0)
  if (Math.abs(whole - 1) > NEAR) throw new RangeError(`the shares of workloads must add up to 1, but to ${whole}`)
  const each = numberOf(requestsPerUser, 'requestsPerUser', { max: 1e9 })
  const rows = listOf(users, 'users', MOST).map((one, index) =>
    costsOf(numberOf(one, `users[${index}]`, { max: 1e10, whole: true }), each, kinds, PRICES[list]),
  )
  return { prices: list, rows }
}
