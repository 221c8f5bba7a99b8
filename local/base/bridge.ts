import { execFileSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'

/** The first address of a network, which Docker gives the bridge: 172.17.0.1 of 172.17.0.0/16. */
const firstOf = (subnet = ''): string | undefined => /^(\d+\.\d+\.\d+)\.0\/\d+$/.exec(subnet)?.[1]?.concat('.1')

/**
 * The address under which containers reach this machine: the Docker bridge's own. A container cannot reach 127.0.0.1.
 * Nothing where no Docker bridge is found.
 * @param env where the engine is, for `docker`: a bridge without a running container is not among the interfaces
 */
export const bridgeAddress = (env: NodeJS.ProcessEnv = process.env): string | undefined => {
  const bridge = networkInterfaces().docker0?.find(({ family }) => family === 'IPv4')?.address
  if (bridge) return bridge
  try {
    const answer = execFileSync('docker', ['network', 'inspect', 'bridge', '--format', '{{json .IPAM.Config}}'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
      env,
    })
    const [config] = JSON.parse(answer) as { Gateway?: string; Subnet?: string }[]
    return config?.Gateway || firstOf(config?.Subnet)
  } catch {
    return undefined // no Docker, or none that answers
  }
}
