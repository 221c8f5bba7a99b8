import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { encodeRequest, FROM_RUNTIME, frameReader, type RuntimeRequest, TO_RUNTIME } from './frames.ts'
import type { Keeper } from './keeper.ts'

/** How a process ended: its status, or the signal that ended it. */
export interface Exit {
  status: number | null
  signal: NodeJS.Signals | null
}

export interface ChildParts {
  script: string
  folder: string
  /** MB */
  memory: number
  variables: Record<string, string>
  keeper: Keeper
  /** A frame of the runtime, see `frames.ts`. */
  onFrame: (type: number, body: Buffer) => void
  /** A line that went past the runtime, such as what V8 prints when it dies. */
  onRaw: (line: string) => void
  /** After a handful of the above, before the process is heard again. */
  onPause: () => void
  /** The process is gone and all it wrote was heard. */
  onClose: (exit: Exit) => void
}

export interface Child {
  send(request: RuntimeRequest, payload?: Uint8Array): void
  /** Ends it at once, and whatever it started; there is no SIGTERM on AWS either. */
  kill(): void
  /** Resident memory in MB, where the system tells it at little cost. */
  residentMb(): number | undefined
  readonly closed: Promise<void>
}

/** As the bootstrap of Lambda's Node.js runtime: V8's old and new space in MB, from the memory of the function. */
const heap = (memory: number) => [
  `--max-old-space-size=${Math.floor(memory * 0.9)}`,
  `--max-semi-space-size=${Math.max(1, Math.floor(memory * 0.05))}`,
]

/**
 * A process has ended, but what it started in a session of its own may hold its pipes open for ever. So long, in ms, is
 * still read what was written before.
 */
const LAST_WORDS = 250

/** A line past the runtime that is longer than this becomes several, in characters. */
const LONGEST_LINE = 262_144

const RESIDENT = /VmRSS:\s+(\d+)/

/** Starts a process that waits for its first request. It has a process group of its own: Ctrl-C is not for it. */
export const startChild = (parts: ChildParts): Child => {
  // Loaded with the first environment: a cloud that only starts has none.
  const child = process
    .getBuiltinModule('node:child_process')
    .spawn(process.execPath, [...heap(parts.memory), parts.script], {
      cwd: parts.folder,
      env: parts.variables,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    })
  const { pid } = child
  if (pid !== undefined) parts.keeper.watch(pid)
  let gone = false
  const kill = () => {
    try {
      // Once it is gone its number may be somebody else's.
      if (pid !== undefined && !gone) process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
    } catch {
      // it has ended already
    }
  }

  const read = frameReader(parts.onFrame)
  const frames = child.stdio[FROM_RUNTIME] as Readable
  const requests = child.stdio[TO_RUNTIME] as Writable
  // What goes wrong with a pipe ends in the end of the process, which is heard below.
  for (const stream of [child.stdout, child.stderr, frames, requests]) stream?.on('error', () => {})
  frames.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch {
      kill() // the function wrote into the runtime's own pipe
    }
    parts.onPause()
  })
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > LONGEST_LINE) lines.push(rest)
      if (rest.length > LONGEST_LINE) rest = ''
      for (const line of lines) parts.onRaw(`${line}\n`)
      parts.onPause()
    })
    stream?.on('end', () => rest && parts.onRaw(`${rest}\n`))
  }

  let last: NodeJS.Timeout | undefined
  const closed = new Promise<void>((resolve) => {
    const close = (status: number | null, signal: NodeJS.Signals | null) => {
      gone = true
      clearTimeout(last)
      if (pid !== undefined) parts.keeper.release(pid)
      parts.onClose({ status, signal })
      resolve()
    }
    child.on('exit', () => {
      kill() // what it started would hold its pipes open
      last = setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy()
      }, LAST_WORDS)
    })
    child.on('close', close)
    child.on('error', () => pid === undefined && close(1, null)) // it did not start
  })

  return {
    send: (request, payload) => void requests.write(encodeRequest(request, payload)),
    kill,
    residentMb() {
      try {
        const found = RESIDENT.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
        return found ? Number(found[1]) / 1024 : undefined
      } catch {
        return undefined // no such system, or no such process any more
      }
    },
    closed,
  }
}
