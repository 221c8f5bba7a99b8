/**
 * Gives a function that tells the resident memory in KB. Node opens, reads and closes a file for it each time, which takes
 * as long as a small handler; on Linux one that stays open is read again: in it, memory is counted in pages.
 */
export const residentReader = (): (() => number) => {
  const asNode = () => Math.round(process.memoryUsage.rss() / 1024)
  if (process.platform !== 'linux') return asNode
  const { openSync, readSync } = process.getBuiltinModule('node:fs')
  try {
    const file = openSync('/proc/self/statm', 'r')
    const buffer = Buffer.alloc(128)
    const pages = () =>
      Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)).split(' ', 2)[1])
    // 4, 16 or 64 KB: what another thread took between the two looks does not matter.
    const page = 2 ** Math.round(Math.log2(asNode() / pages()))
    return () => {
      try {
        return pages() * page || asNode()
      } catch {
        return asNode() // the function closed a file that is not its own
      }
    }
  } catch {
    return asNode
  }
}
