import type { Context } from '../service.ts'

/** The account and region that something is in. */
export type Place = Pick<Context, 'account' | 'region'>

/** Turns dates back into dates, at any depth. A function for JSON.parse would take several times as long. */
const withDates = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return
  const members = value as Record<string, unknown>
  for (const name in members) {
    if (name === 'createdDate' || name === 'lastUpdatedDate') members[name] = new Date(members[name] as string)
    else withDates(members[name])
  }
}

/** Reads what was kept as JSON, its dates as dates. */
export const revived = <T>(row: unknown): T => {
  const value = JSON.parse((row as { json: string }).json)
  withDates(value)
  return value
}
