/** Clocks on walls: what they show at a moment, and when they show it. */
export interface Zone {
  /** What the clock shows at `time`, in ms as if it stood in UTC. */
  wall(time: number): number
  /** When the clock first shows `wall`; never for an hour that is left out as summer time begins. */
  time(wall: number): number | undefined
}

const DAY = 86_400_000

export const UTC: Zone = { wall: (time) => time, time: (wall) => wall }

/** A zone by its name in the IANA database (`Europe/Berlin`, `UTC`); nothing for a name that is not there. */
export const zoneNamed = (name: string): Zone | undefined => {
  // Needs no calendar: those of the system take 13 ms to load.
  if (name === 'UTC') return UTC
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  } catch {
    return undefined
  }
  const wall = (time: number) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((time % 1000) + 1000) % 1000)
  }
  return {
    wall,
    time(shown) {
      // The offset changes at most once within two days.
      const offsets = [shown - DAY, shown + DAY].map((time) => wall(time) - time)
      const times = offsets.map((offset) => shown - offset).filter((time) => wall(time) === shown)
      return times.length ? Math.min(...times) : undefined
    },
  }
}
