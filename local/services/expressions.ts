import { cronTimes } from './cron.ts'
import type { Zone } from './zones.ts'

/** A schedule expression, read. */
export type Expression =
  | { kind: 'rate'; every: number }
  | { kind: 'cron'; after(wall: number): number | undefined }
  | { kind: 'at'; wall: number }

const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }
/** More cannot be told from never: 400 years of days, in ms. */
const LONGEST = 400 * 366 * 86_400_000

/**
 * `rate(5 minutes)`, `cron(0 10 * * ? *)`, `at(2026-11-20T13:00:00)` (EventBridge Scheduler user guide, "Schedule types").
 * @returns nothing for what AWS refuses
 */
export const readExpression = (text: string): Expression | undefined => {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text.trim()) ?? []
  if (kind === 'rate') {
    const [, digits, unit = ''] = /^\s*([1-9]\d{0,8})\s+(minute|hour|day)s?\s*$/.exec(inner) ?? []
    const every = Number(digits) * (UNITS[unit] ?? Number.NaN)
    return every <= LONGEST ? { kind, every } : undefined
  }
  if (kind === 'cron') {
    const times = cronTimes(inner)
    return times && { kind, after: times.after }
  }
  if (kind === 'at') {
    const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner) ? Date.parse(`${inner}Z`) : Number.NaN
    // Date takes the 31st of February for the 3rd of March.
    return !Number.isNaN(wall) && new Date(wall).toISOString().startsWith(inner) ? { kind, wall } : undefined
  }
  return undefined
}

/** From when on a schedule counts, and in which zone; times in ms since the epoch. */
export interface Frame {
  /** A rate counts from here: it is due then, and again each time its period is over. */
  anchor: number
  zone: Zone
  start?: number
  end?: number
}

/** So many hours that a day leaves out may follow each other: enough for any calendar, an end for any loop. */
const GAPS = 1000

/**
 * The first time after `after` that a schedule is due. As summer time begins, a time that the clock leaves out is
 * skipped; as it ends, a time that the clock shows twice counts once, the first time.
 */
export const nextDue = (expression: Expression, frame: Frame, after: number): number | undefined => {
  const { zone, start = 0, end = Number.POSITIVE_INFINITY } = frame
  if (expression.kind === 'at') {
    const time = zone.time(expression.wall)
    return time !== undefined && time > after ? time : undefined
  }
  // A time on the start itself counts.
  const from = Math.max(after, start - 1)
  const due =
    expression.kind === 'rate' ? nextOfRate(expression.every, frame.anchor, from) : nextOfCron(expression, zone, from)
  return due !== undefined && due <= end ? due : undefined
}

const nextOfRate = (every: number, anchor: number, after: number): number =>
  after < anchor ? anchor : anchor + every * (Math.floor((after - anchor) / every) + 1)

const nextOfCron = ({ after: next }: Expression & { kind: 'cron' }, zone: Zone, after: number): number | undefined => {
  let wall: number | undefined = zone.wall(after)
  for (let gaps = 0; gaps < GAPS; gaps++) {
    wall = next(wall)
    if (wall === undefined) return undefined
    const time = zone.time(wall)
    if (time !== undefined && time > after) return time
  }
  return undefined
}
