/** A function and what comes to it. */
export interface Source {
  name: string
  eventsPerSecond: number
  /** Average duration. */
  seconds: number
}

export interface Concurrency {
  rows: (Source & { concurrent: number })[]
  sum: number
  limit: number
  /** Whether the sum stays within the limit. */
  holds: boolean
}

/** To the thousandth: sums of fractions have errors far behind the point. */
const exact = (value: number) => Math.round(value * 1000) / 1000

/** Executions that run at the same time (Little's law): arrivals a second times the time that each takes. */
export const concurrencyOf = (functions: readonly Source[], limit: number): Concurrency => {
  const rows = functions.map((one) => ({ ...one, concurrent: exact(one.eventsPerSecond * one.seconds) }))
  const sum = exact(rows.reduce((total, { concurrent }) => total + concurrent, 0))
  return { rows, sum, limit, holds: sum <= limit }
}
