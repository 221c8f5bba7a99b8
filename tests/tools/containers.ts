import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type ContainerHost, containerHost } from '../../local/base/bridge.ts'
import { root } from '../../scripts/lib/application.ts'
import { pythonTools } from './python.ts'

/** What `sam local` needs on a machine. */
export interface Containers {
  /** Its program. */
  sam: string
  /** The environment to run it with: the engine's address, esbuild on PATH, no telemetry. */
  env: NodeJS.ProcessEnv
  /** Where containers reach this machine. */
  host: ContainerHost
}

const IMAGE = `public.ecr.aws/lambda/nodejs:24-${process.arch === 'arm64' ? 'arm64' : 'x86_64'}`

const works = (args: string[], env: NodeJS.ProcessEnv): boolean => {
  try {
    execFileSync('docker', args, { stdio: 'ignore', env, timeout: 20_000 })
    return true
  } catch {
    return false
  }
}

/** The engine that answers: the machine's, or the one that `tests/tools/docker-engine` started. */
const engine = (): NodeJS.ProcessEnv | undefined => {
  if (works(['info'], process.env)) return process.env
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = process.env.DOCKER_ENGINE_DIR || join(cache, 'lambda-in-action', 'docker-engine')
  const own = { ...process.env, DOCKER_HOST: `unix://${join(folder, 'docker.sock')}` }
  return existsSync(join(folder, 'docker.sock')) && works(['info'], own) ? own : undefined
}

const found = (): Containers | string => {
  const bin = pythonTools()
  if (!bin) return 'the SAM CLI is missing: tests/tools/install-python installs it'
  const env = engine()
  if (!env) return 'no Docker engine answers: tests/tools/docker-engine starts one on Debian, as root'
  if (!works(['image', 'inspect', IMAGE], env))
    return `there is no image ${IMAGE}: docker pull it, or make a stand-in with tests/tools/lambda-image`
  const host = containerHost(env)
  if (!host) return 'the Docker engine has no bridge'
  const PATH = [join(root, 'node_modules/.bin'), bin, process.env.PATH].join(delimiter)
  return {
    sam: join(bin, 'sam'),
    host,
    env: { ...env, PATH, SAM_CLI_TELEMETRY: '0', AWS_DEFAULT_REGION: 'us-east-1' },
  }
}

/**
 * What `sam local` needs, or undefined: then what is missing is printed.
 * @throws Error under REQUIRE_TOOLS=1, naming what is missing
 */
export const containers = (): Containers | undefined => {
  const all = found()
  if (typeof all !== 'string') return all
  if (process.env.REQUIRE_TOOLS === '1') throw new Error(`sam local cannot be tested: ${all}`)
  console.log(`sam local is not tested: ${all}`)
  return undefined
}
