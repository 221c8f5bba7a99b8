import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Waits until something is true, at most ten seconds. */
export const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + 10_000
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`it did not happen: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Whether a process runs. */
export const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // A process that has ended and was not waited for still has its number.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Every process below one, by the system's list. */
export const below = (pid: number): number[] => {
  const list = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
  const rows = list
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  const of = (parent: number): number[] => rows.filter((row) => row[1] === parent).flatMap(([one]) => [one, ...of(one)])
  return of(pid)
}
