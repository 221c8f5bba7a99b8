import { BlockList, isIP } from 'node:net'

/**
 * Which addresses lie on the internet, by IANA's registries of special-purpose addresses
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry).
 */

const rangesOf = (text: string, family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList()
  for (const range of text.trim().split(/\s+/)) {
    const [network = '', bits] = range.split('/')
    list.addSubnet(network, Number(bits), family)
  }
  return list
}

/**
 * This host, private networks, carriers' own (CGNAT), loopback, link-local with 169.254.169.254 where AWS gives out
 * credentials, protocol assignments, documentation, 6to4, benchmarks, multicast, reserved with broadcast.
 */
const NOT_PUBLIC_4 = rangesOf(
  `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
  192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`,
  'ipv4',
)

/** The one block that is given out on the internet. Outside of it: loopback, fc00::/7, fe80::/10, IPv4 in IPv6, NAT64. */
const GLOBAL_6 = rangesOf('2000::/3', 'ipv6')

/** Protocol assignments with Teredo, documentation, 6to4: the last two and Teredo hold addresses of IPv4. */
const NOT_PUBLIC_6 = rangesOf('2001::/23 2001:db8::/32 2002::/16 3fff::/20', 'ipv6')

/** Whether an address, as text without brackets, is one of the internet. What is no address is none. */
export const isPublicAddress = (address: string): boolean => {
  if (isIP(address) === 4) return !NOT_PUBLIC_4.check(address, 'ipv4')
  if (isIP(address) === 6) return GLOBAL_6.check(address, 'ipv6') && !NOT_PUBLIC_6.check(address, 'ipv6')
  return false
}
