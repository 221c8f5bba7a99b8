import { execFileSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'

/** What `docker` prints; undefined without Docker, or where it does not answer. `env` says where the engine is. */
const docker = (env: NodeJS.ProcessEnv, ...args: string[]): string | undefined => {
  try {
    const text = execFileSync('docker', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
      env,
    })
    return text.trim()
  } catch {
    return undefined
  }
}

/** The first address of a network, which Docker gives the bridge: 172.17.0.1 of 172.17.0.0/16. */
const firstOf = (subnet = ''): string | undefined => /^(\d+\.\d+\.\d+)\.0\/\d+$/.exec(subnet)?.[1]?.concat('.1')

/**
 * The address of the Docker bridge, under which containers reach this machine. A container cannot reach 127.0.0.1.
 * Nothing where no Docker bridge is found.
 * @param env where the engine is, for `docker`: a bridge without a running container is not among the interfaces
 */
const bridgeAddress = (env: NodeJS.ProcessEnv): string | undefined => {
  const bridge = networkInterfaces().docker0?.find(({ family }) => family === 'IPv4')?.address
  if (bridge) return bridge
  const answer = docker(env, 'network', 'inspect', 'bridge', '--format', '{{json .IPAM.Config}}')
  if (!answer) return undefined
  const [config] = JSON.parse(answer) as { Gateway?: string; Subnet?: string }[]
  return config?.Gateway || firstOf(config?.Subnet)
}

/** What Docker Desktop calls this machine where its network is not set otherwise. */
const DESKTOP = '192.168.65.254'

const LAMBDA = ['public.ecr.aws/lambda/nodejs', 'samcli/lambda-nodejs']

/**
 * The address of `host-gateway`, as a container sees it (Docker's reference, "docker run --add-host"): what stands behind
 * the name host.docker.internal. An address, as the SDK puts a bucket before a name. Asked by one of the images that
 * `sam local` runs, when there is one.
 */
const gatewayAddress = (env: NodeJS.ProcessEnv): string | undefined => {
  const images = LAMBDA.flatMap(
    (name) => docker(env, 'images', '--format', '{{.Repository}}:{{.Tag}}', name)?.split('\n') ?? [],
  )
  const image = images.find((one) => one.includes(':') && !one.endsWith('<none>'))
  if (!image) return undefined
  const gateway = ['--add-host', 'gateway:host-gateway', '--entrypoint', 'cat', image, '/etc/hosts']
  const hosts = docker(env, 'run', '--rm', ...gateway)
  return /^(\d+\.\d+\.\d+\.\d+)\s+gateway$/m.exec(hosts ?? '')?.[1]
}

/** Where containers reach this machine. */
export interface ContainerHost {
  address: string
  /**
   * Whether the engine runs in a machine of its own, and hands what comes to that address on to 127.0.0.1: Docker Desktop,
   * and its kin on macOS and Windows. Elsewhere the address is one of this machine, to listen on.
   */
  forwards: boolean
}

/** How containers of the Docker engine reach this machine; nothing where no engine answers. */
export const containerHost = (env: NodeJS.ProcessEnv = process.env): ContainerHost | undefined => {
  const system = docker(env, 'info', '--format', '{{.OperatingSystem}}')
  const isElsewhere = process.platform !== 'linux' || system?.startsWith('Docker Desktop')
  if (isElsewhere) return system === undefined ? undefined : { address: gatewayAddress(env) ?? DESKTOP, forwards: true }
  const address = bridgeAddress(env)
  return address === undefined ? undefined : { address, forwards: false }
}
