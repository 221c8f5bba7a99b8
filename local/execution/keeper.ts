import type { ChildProcess } from 'node:child_process'
import { SYSTEM } from './variables.ts'

/** Whoever ends the environments when this process can no longer do so; see `runtime/keeper.ts`. */
export interface Keeper {
  watch(pid: number): void
  release(pid: number): void
  stop(): Promise<void>
}

/** Starts with the first environment. `script` is the path of the bundled `runtime/keeper.ts`. */
export const createKeeper = (): Keeper & { start(script: string): void } => {
  let child: ChildProcess | undefined
  const tell = (line: string) => void (child?.stdin?.writable && child.stdin.write(`${line}\n`))
  return {
    start(script) {
      if (child) return
      child = process.getBuiltinModule('node:child_process').spawn(process.execPath, [script], {
        env: SYSTEM,
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true,
        windowsHide: true,
      })
      child.on('error', () => {})
      child.stdin?.on('error', () => {})
    },
    watch: (pid) => tell(`+${pid}`),
    release: (pid) => tell(`-${pid}`),
    async stop() {
      const last = child
      child = undefined
      if (!last || last.exitCode !== null || last.signalCode !== null) return
      const gone = new Promise<void>((resolve) => last.once('exit', () => resolve()))
      last.stdin?.end()
      await gone
    },
  }
}
