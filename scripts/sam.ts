import { spawn } from 'node:child_process'
import { root } from './lib/application.ts'
import { run } from './lib/run.ts'
import { samPath, targetVariables } from './lib/sam/environment.ts'
import type { SamCall } from './lib/sam/local.ts'
import { optionValue } from './lib/sam/options.ts'
import { type Target, target } from './lib/target.ts'

const usage = `npm run sam -- <command of the SAM CLI> …

The SAM CLI with what this project gives it: esbuild is found; when the local cloud runs and no profile of AWS is
named (--profile, AWS_PROFILE), the local cloud is where it deploys to, reads logs from and deletes.
  build --chapter 05   builds that chapter alone, with what it needs of earlier ones
  deploy --config-env ch05
  local invoke <function> -e <event>
  logs, list, sync, remote invoke, …
  delete --config-env ch05   empties the stack's buckets first, versions too`

/** What to call SAM with, or nothing when somebody said no. */
const callOf = async (command: string, given: string[], found: Target): Promise<SamCall | undefined> => {
  const isHelp = given.includes('--help') || given.includes('-h')
  // Each brings along what it alone needs: the SDK's clients, the reader of templates.
  if (command === 'local') return (await import('./lib/sam/local.ts')).samLocal(given)
  if (command === 'build' && !isHelp) return (await import('./lib/sam/build.ts')).samBuild(given)
  if (command === 'delete' && !isHelp) return (await import('./lib/sam/delete.ts')).samDelete(given, found)
  return { args: [command, ...given].filter(Boolean), env: {}, end() {} }
}

const ended = (call: SamCall, env: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const shell = process.platform === 'win32'
    const child = spawn('sam', call.args, {
      cwd: root,
      stdio: 'inherit',
      shell,
      env: { ...process.env, ...env, ...call.env },
    })
    // Ctrl-C reaches SAM by itself, which ends in its own way.
    process.on('SIGINT', () => {})
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })

await run(async () => {
  const [command = '', ...given] = process.argv.slice(2)
  if (['', '--help', '-h'].includes(command)) return console.log(usage)
  const PATH = samPath()
  const profile = optionValue(given, '--profile')
  if (profile) process.env.AWS_PROFILE = profile
  const region = optionValue(given, '--region')
  const found = target() ?? { region: process.env.AWS_REGION ?? 'us-east-1' }
  const meant = region ? { ...found, region } : found
  const call = await callOf(command, given, meant)
  if (!call) return
  try {
    process.exitCode = await ended(call, { PATH, ...targetVariables(meant) })
  } finally {
    call.end()
  }
})
