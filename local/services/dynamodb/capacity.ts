import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb'
import type { Index } from './types.ts'

/** Units for writing so many bytes ("Capacity unit consumption for write operations"). */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024))

/** Units for reading so many bytes at once; half when the read may be of yesterday. */
export const readUnits = (bytes: number, consistent: boolean | undefined): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5)

/** What an operation consumed of a table and its indexes. */
export interface Meter {
  /** Counts units of the table, or of an index. */
  add(units: number, index?: Index): void
  /** The answer, when it was asked for. */
  answer(asked: string | undefined): ConsumedCapacity | undefined
}

/** `kind` says, in a transaction, whether it was read or written: each costs twice. */
export const createMeter = (TableName: string, kind?: 'Read' | 'Write'): Meter => {
  let table = 0
  const indexes = { local: new Map<string, number>(), global: new Map<string, number>() }
  const factor = kind ? 2 : 1
  const detail = (units: number) => ({
    CapacityUnits: units,
    ...(kind && { [`${kind}CapacityUnits` as const]: units }),
  })
  const details = (units: Map<string, number>) =>
    units.size ? Object.fromEntries([...units].map(([name, one]) => [name, detail(one)])) : undefined
  return {
    add(units, index) {
      if (!index) table += units * factor
      else indexes[index.kind].set(index.name, (indexes[index.kind].get(index.name) ?? 0) + units * factor)
    },
    answer(asked) {
      if (asked !== 'TOTAL' && asked !== 'INDEXES') return undefined
      const ofIndexes = [...indexes.local.values(), ...indexes.global.values()].reduce((sum, one) => sum + one, 0)
      const total = { TableName, ...detail(table + ofIndexes) }
      if (asked === 'TOTAL') return total
      return {
        ...total,
        Table: detail(table),
        LocalSecondaryIndexes: details(indexes.local),
        GlobalSecondaryIndexes: details(indexes.global),
      }
    },
  }
}

/** The answers of several tables; nothing when none was asked for. */
export const told = (meters: Iterable<Meter>, asked: string | undefined): ConsumedCapacity[] | undefined => {
  const answers = Array.from(meters, (meter) => meter.answer(asked)).filter((one) => one !== undefined)
  return answers.length ? answers : undefined
}
