/*
 * Ends the environments of a cloud that died without ending them. An idle environment sees its pipe close, but one in a
 * busy loop sees nothing. So each cloud has one keeper: it is told the process ids (`+12`, `-12`, one a line), and when
 * its standard input closes it ends those that are left.
 */
const pids = new Set<number>()
let rest = ''

const end = (pid: number) => {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}

process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) {
    const pid = Number(line.slice(1))
    if (line.startsWith('+')) pids.add(pid)
    else pids.delete(pid)
  }
})
process.stdin.on('close', () => {
  for (const pid of pids) end(pid)
})
