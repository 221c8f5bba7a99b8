import { format } from 'node:util'

/** Runs a handler and gives its result with what it wrote by console.log, which stays off the terminal. */
export const logged = async <T>(run: () => Promise<T>): Promise<{ result: T; lines: string[] }> => {
  const lines: string[] = []
  const { log } = console
  console.log = (...values) => lines.push(format(...values))
  try {
    return { result: await run(), lines }
  } finally {
    console.log = log
  }
}
