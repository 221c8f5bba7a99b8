import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './application.ts'

/** Runs the command of an installed package, `typescript/bin/tsc`, in the project's folder; its failure is the script's. */
export const tool = (bin: string, args: string[]): void => {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', bin), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = status ?? 1
}
