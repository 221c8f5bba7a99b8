/** One kind of request of the application. */
export interface Workload {
  /** Which part of the requests is of this kind, 0 to 1. */
  share: number
  /** Average duration, ms. */
  milliseconds: number
  /** MB */
  memory: number
  /** Ephemeral storage, MB; 512 are free. */
  storage?: number
}

/** What Lambda costs, in US dollars, in us-east-1. */
export interface Prices {
  /** A million requests. */
  million: number
  /** A second with a GB of memory. */
  gbSecond: number
  /** A second with a GB of ephemeral storage beyond 512 MB. */
  storageGbSecond: number
  /** Durations are rounded up to so many ms. */
  rounding: number
  /** Free each month. */
  free: { requests: number; gbSeconds: number }
}

const FREE = { requests: 1_000_000, gbSeconds: 400_000 }

/** Those of the book (2016), and today's for each architecture (AWS Lambda pricing, first tier). */
export const PRICES = {
  book: { million: 0.2, gbSecond: 0.00001667, storageGbSecond: 0, rounding: 100, free: FREE },
  x86_64: { million: 0.2, gbSecond: 0.0000166667, storageGbSecond: 0.0000000309, rounding: 1, free: FREE },
  arm64: { million: 0.2, gbSecond: 0.0000133334, storageGbSecond: 0.0000000309, rounding: 1, free: FREE },
} satisfies Record<string, Prices>
export type PriceList = keyof typeof PRICES

/** The application of table 12.1: half of the requests take 30 ms at 128 MB, half a second at 512 MB. */
export const BOOK: Workload[] = [
  { share: 0.5, milliseconds: 30, memory: 128 },
  { share: 0.5, milliseconds: 1000, memory: 512 },
]

/** A month of so many users. Money in US dollars, rounded to cents. */
export interface Costs {
  users: number
  requests: number
  gbSeconds: number
  /** What is left to pay after the free tier. */
  paidRequests: number
  paidGbSeconds: number
  requestCost: number
  durationCost: number
  storageCost: number
  total: number
}

const FREE_STORAGE = 512
const cents = (dollars: number) => Math.round((dollars + Number.EPSILON) * 100) / 100
/** Sums of fractions have errors far behind the point. */
const exact = (value: number) => Math.round(value * 1e6) / 1e6

/** What a month of an application costs. */
export const costsOf = (
  users: number,
  requestsPerUser: number,
  workloads: readonly Workload[],
  prices: Prices,
): Costs => {
  const requests = users * requestsPerUser
  const seconds = ({ milliseconds }: Workload) => (Math.ceil(milliseconds / prices.rounding) * prices.rounding) / 1000
  const sum = (of: (workload: Workload) => number) => workloads.reduce((total, one) => total + of(one), 0)
  const gbSeconds = exact(requests * sum((one) => one.share * seconds(one) * (one.memory / 1024)))
  const beyond = ({ storage = FREE_STORAGE }: Workload) => Math.max(0, storage - FREE_STORAGE) / 1024
  const storageGbSeconds = requests * sum((one) => one.share * seconds(one) * beyond(one))
  const paidRequests = Math.max(0, requests - prices.free.requests)
  const paidGbSeconds = Math.max(0, gbSeconds - prices.free.gbSeconds)
  const requestCost = cents((paidRequests / 1e6) * prices.million)
  const durationCost = cents(paidGbSeconds * prices.gbSecond)
  const storageCost = cents(storageGbSeconds * prices.storageGbSecond)
  return {
    ...{ users, requests, gbSeconds, paidRequests, paidGbSeconds, requestCost, durationCost, storageCost },
    total: cents(requestCost + durationCost + storageCost),
  }
}
