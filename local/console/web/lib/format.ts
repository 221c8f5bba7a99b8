const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** `14:03:07` */
export const timeOf = (at: number): string => clockTime.format(at)

/** `14:03:07.120`, for log lines. */
export const preciseTimeOf = (at: number): string =>
  `${clockTime.format(at)}.${String(at % 1000)
    .padStart(3, '0')
    .slice(0, 3)}`

/** The time, and the day when it is not today: `14:03:07`, `2 Mar 2026, 14:03:07`. */
export const momentOf = (at: number, now = Date.now()): string =>
  day.format(at) === day.format(now) ? timeOf(at) : `${day.format(at)}, ${timeOf(at)}`

/** `840 B`, `1.2 KB`, `3.4 MB` */
export const bytesOf = (bytes: number): string => {
  if (bytes < 1024) return `${whole.format(bytes)} B`
  if (bytes < 1024 ** 2) return `${tenths.format(bytes / 1024)} KB`
  return `${tenths.format(bytes / 1024 ** 2)} MB`
}

/** `0.8 ms`, `120 ms`, `2.4 s` */
export const durationOf = (ms: number): string =>
  ms < 10 ? `${tenths.format(ms)} ms` : ms < 1000 ? `${whole.format(ms)} ms` : `${tenths.format(ms / 1000)} s`

/** `1 item`, `3 items` */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${whole.format(number)} ${number === 1 ? one : many}`

/** `7 items`; where no more than `most` are shown, `The first 100 items`. */
export const countOf = (number: number, most: number, one: string): string =>
  number < most ? count(number, one) : `The first ${count(most, one)}`
