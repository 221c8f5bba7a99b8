import type { Context } from '../service.ts'

/** The account and region that something is in. */
export type Place = Pick<Context, 'account' | 'region'>

const DATES = new Set(['createdDate', 'lastUpdatedDate'])
/** Reads what was kept as JSON, its dates as dates. */
export const revived = <T>(row: unknown): T =>
  JSON.parse((row as { json: string }).json, (name, value) => (DATES.has(name) ? new Date(value) : value))
