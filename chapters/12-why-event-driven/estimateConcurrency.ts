import { concurrencyOf, type Source } from './lib/concurrency.ts'
import { listOf, numberOf, objectOf } from './lib/given.ts'

/** Functions of one scenario. */
const MOST = 100
/** What an account runs at the same time today, where nothing else was agreed (Lambda quotas). */
const LIMIT = 1000
/** A function runs for 15 minutes at most. */
const LONGEST = 900

interface Scenario {
  functions: Source[]
  /** How many executions may run at the same time. */
  limit?: number
}

/**
 * Estimates how many executions of functions run at the same time: events a second times their average duration, summed
 * over the functions. Chapter 12.
 * @param event `functions`, each with `name`, `eventsPerSecond` and `seconds` (average duration); `limit`, 1,000 when left out
 * @returns the rows, each with its `concurrent` executions, their `sum`, the `limit`, and whether it `holds`
 * @throws TypeError, RangeError for anything else, naming the field
 */
export const handler = async (event: Partial<Scenario> | null) => {
  const { functions, limit = LIMIT } = objectOf(event, 'the event')
  const given = listOf(functions, 'functions', MOST).map((one, index): Source => {
    const field = `functions[${index}]`
    const { name, eventsPerSecond, seconds } = objectOf(one, field)
    if (typeof name !== 'string' || !name.trim()) throw new TypeError(`${field}.name must be a text`)
    return {
      name,
      eventsPerSecond: numberOf(eventsPerSecond, `${field}.eventsPerSecond`, { max: 1e6 }),
      seconds: numberOf(seconds, `${field}.seconds`, { max: LONGEST }),
    }
  })
  return concurrencyOf(given, numberOf(limit, 'limit', { max: 1e6, whole: true }))
}
