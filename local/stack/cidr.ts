/**
 * The address blocks of Fn::Cidr, IPv4 and IPv6.
 * @param cidrBits how many bits of an address are left to each block: 8 gives /24 blocks of IPv4.
 * @returns undefined when the block is none, or has no room for that many.
 */
export const cidrBlocks = (ipBlock: string, count: number, cidrBits: number | undefined): string[] | undefined => {
  const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(ipBlock)
  if (!match) return undefined
  const [, text = '', length = ''] = match
  const isV6 = text.includes(':')
  const width = isV6 ? 128 : 32
  const address = isV6 ? parseV6(text) : parseV4(text)
  const bits = cidrBits ?? (isV6 ? undefined : 8)
  if (address === undefined || bits === undefined || Number(length) > width) return undefined
  const room = width - Number(length) - bits
  if (bits < 1 || bits > width || room < 0 || BigInt(count) > 1n << BigInt(room)) return undefined
  const start = (address >> BigInt(width - Number(length))) << BigInt(width - Number(length))
  return Array.from({ length: count }, (_, index) => {
    const block = start + (BigInt(index) << BigInt(bits))
    return `${isV6 ? formatV6(block) : formatV4(block)}/${width - bits}`
  })
}

const parseV4 = (text: string): bigint | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n)
}

const formatV4 = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')

const parseV6 = (text: string): bigint | undefined => {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length
  const parts = [...head, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...(tail ?? [])]
  if (parts.length !== 8 || !parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined
  return parts.reduce((sum, part) => (sum << 16n) + BigInt(`0x${part}`), 0n)
}

/** The short form of RFC 5952: the longest run of zeros becomes `::`. */
const formatV6 = (value: bigint): string => {
  const parts = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 65535n).toString(16))
  const runs = [...parts.join(':').matchAll(/(?:^|:)(?:0(?::|$)){2,}/g)].map(([run]) => run)
  const [longest] = runs.toSorted((a, b) => b.length - a.length)
  return longest ? parts.join(':').replace(longest, '::') : parts.join(':')
}
