import { execFileSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'

/**
 * The address under which containers reach this machine: the Docker bridge's own. A container cannot reach 127.0.0.1.
 * Nothing where no Docker bridge is found.
 */
export const bridgeAddress = (): string | undefined => {
  const bridge = networkInterfaces().docker0?.find(({ family }) => family === 'IPv4')?.address
  if (bridge) return bridge
  try {
    const format = '{{(index .IPAM.Config 0).Gateway}}'
    const gateway = execFileSync('docker', ['network', 'inspect', 'bridge', '--format', format], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
    }).trim()
    return gateway || undefined
  } catch {
    return undefined // no Docker, or none that answers
  }
}
