import { Cron } from 'croner'

/**
 * Cron expressions of EventBridge: `minutes hours day-of-month month day-of-week year` (EventBridge user guide, "Cron
 * expressions"). Days of the week count from 1, Sunday; one of the two days is `?`. Each field is checked and spelled
 * out as numbers here; croner only looks for the next time.
 */

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

interface Field {
  min: number
  max: number
  names?: readonly string[]
  /** What is special about the field: croner's way to write `text`, or nothing where it is not. */
  special?: (text: string) => string | undefined
  /** croner's number for AWS's. */
  shift?: number
}

const MINUTES: Field = { min: 0, max: 59 }
const HOURS: Field = { min: 0, max: 23 }
const DAYS: Field = {
  min: 1,
  max: 31,
  special: (text) => (text === 'L' ? 'L' : /^([1-9]|[12]\d|3[01])W$/.test(text) ? text : undefined),
}
const MONTH: Field = { min: 1, max: 12, names: MONTHS }
const WEEKDAY: Field = {
  min: 1,
  max: 7,
  names: WEEKDAYS,
  shift: -1,
  special(text) {
    if (text === 'L') return '6'
    const [, day, which] = /^([1-7]|[A-Z]{3})(L|#[1-5])$/.exec(text) ?? []
    const number = day === undefined ? undefined : numberOf(day, WEEKDAY)
    return number === undefined ? undefined : `${number - 1}${which === 'L' ? '#L' : which}`
  },
}
const YEAR: Field = { min: 1970, max: 2199 }

const numberOf = (text: string, { min, max, names }: Field): number | undefined => {
  const named = names?.indexOf(text) ?? -1
  const number = named >= 0 ? named + min : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  return number >= min && number <= max ? number : undefined
}

/** One element of a list: `*`, `5`, `1-5`, `0/15`, `1-30/5`, or what is special; as croner writes it. */
const element = (text: string, field: Field): string | undefined => {
  const special = field.special?.(text)
  if (special !== undefined) return special
  const [range = '', step, ...rest] = text.split('/')
  if (rest.length) return undefined
  const [first = '', last, ...more] = range.split('-')
  const from = first === '*' && last === undefined ? field.min : numberOf(first, field)
  const open = first === '*' || step !== undefined
  const to = last === undefined ? (open ? field.max : from) : numberOf(last, field)
  const by = step === undefined ? 1 : /^\d{1,4}$/.test(step) ? Number(step) : 0
  if (more.length || from === undefined || to === undefined || by < 1) return undefined
  if (to < from && field === YEAR) return undefined
  // `20-2` goes on past midnight.
  const size = field.max - field.min + 1
  const numbers: number[] = []
  for (let number = from; number <= (to < from ? to + size : to); number += by)
    numbers.push(((number - field.min) % size) + field.min + (field.shift ?? 0))
  return numbers.join(',')
}

const written = (text: string, field: Field): string | undefined => {
  if (text === '*') return '*'
  const elements = text.split(',').map((one) => element(one, field))
  return elements.includes(undefined) ? undefined : elements.join(',')
}

/** The times of a cron expression by the clock on the wall, in ms as if that wall stood in UTC. */
export interface CronTimes {
  /** The first after `wall`, or none until the year 2199 has passed. */
  after(wall: number): number | undefined
}

/** What stands between the parentheses of `cron(…)`; nothing for what EventBridge would refuse. */
export const cronTimes = (text: string): CronTimes | undefined => {
  const fields = text.trim().toUpperCase().split(/\s+/)
  if (fields.length !== 6) return undefined
  const [minutes = '', hours = '', days = '', months = '', weekdays = '', years = ''] = fields
  if ((days === '?') === (weekdays === '?')) return undefined
  const parts = [
    written(minutes, MINUTES),
    written(hours, HOURS),
    days === '?' ? '*' : written(days, DAYS),
    written(months, MONTH),
    weekdays === '?' ? '*' : written(weekdays, WEEKDAY),
    written(years, YEAR),
  ]
  if (parts.includes(undefined)) return undefined
  const cron = new Cron(`0 ${parts.join(' ')}`, { timezone: 'UTC', mode: '7-part', paused: true })
  return {
    after(wall) {
      const time = cron.nextRun(new Date(wall))?.getTime()
      return time !== undefined && new Date(time).getUTCFullYear() <= YEAR.max ? time : undefined
    },
  }
}
