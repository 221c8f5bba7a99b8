import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Crc32c } from '@aws-crypto/crc32c'
import { Crc64Nvme } from '@aws-sdk/crc64-nvme'

/** A checksum as it grows. */
export interface Running {
  update(data: Uint8Array): void
  digest(): Uint8Array | Promise<Uint8Array>
}

/** The checksum algorithms of S3 ("Checking object integrity" in its user guide), without the XXHASH family. */
export type ChecksumName = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256' | 'SHA512' | 'MD5'

export interface Algorithm {
  /** As it stands in `x-amz-sdk-checksum-algorithm`. */
  name: ChecksumName
  /** `x-amz-checksum-crc32` */
  header: string
  /** The member of S3's operations: `ChecksumCRC32`. */
  member: `Checksum${ChecksumName}`
  /** Length of the checksum in bytes. */
  bytes: number
  begin(): Running
}

const word = (value: number) => {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

const runningCrc32 = (): Running => {
  let value = 0
  return {
    update(data) {
      value = crc32(data, value)
    },
    digest: () => word(value),
  }
}

const runningCrc32c = (): Running => {
  const crc = new Crc32c()
  return { update: (data) => void crc.update(data), digest: () => word(crc.digest()) }
}

const algorithm = (name: ChecksumName, bytes: number, begin: () => Running): Algorithm => ({
  name,
  header: `x-amz-checksum-${name.toLowerCase()}`,
  member: `Checksum${name}`,
  bytes,
  begin,
})

const hashed = (name: string) => (): Running => createHash(name) as unknown as Running

export const algorithms: readonly Algorithm[] = [
  algorithm('CRC32', 4, runningCrc32),
  algorithm('CRC32C', 4, runningCrc32c),
  algorithm('CRC64NVME', 8, () => new Crc64Nvme()),
  algorithm('SHA1', 20, hashed('sha1')),
  algorithm('SHA256', 32, hashed('sha256')),
  algorithm('SHA512', 64, hashed('sha512')),
  algorithm('MD5', 16, hashed('md5')),
]

export const byName: ReadonlyMap<string, Algorithm> = new Map(algorithms.map((one) => [one.name, one]))
export const byHeader: ReadonlyMap<string, Algorithm> = new Map(algorithms.map((one) => [one.header, one]))

/** Whether `text` is `bytes` bytes in base64. */
export const isDigest = (text: string, bytes: number): boolean => {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return false
  return Buffer.from(text, 'base64').length === bytes
}

/** Generator polynomials of the CRCs, bits reversed; all three begin and end with every bit inverted. */
const POLYNOMIALS: Partial<Record<ChecksumName, { width: bigint; polynomial: bigint }>> = {
  CRC32: { width: 32n, polynomial: 0xedb88320n },
  CRC32C: { width: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { width: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
}

/** Whether checksums of parts give the checksum of the whole without its bytes. */
export const isCombinable = (name: ChecksumName): boolean => POLYNOMIALS[name] !== undefined

/** The CRC (base64) of some bytes, and how many they are. */
export interface Summed {
  value: string
  size: number
}

const numberOf = (base64: string) => BigInt(`0x${Buffer.from(base64, 'base64').toString('hex')}`)

/**
 * The CRC of bytes that follow each other, from theirs: what came before moves on by as many zero bytes as follow, which is
 * a multiplication by a power of x modulo the polynomial, and the next one is added.
 */
export const combine = (name: ChecksumName, [first, ...rest]: readonly [Summed, ...Summed[]]): string => {
  const { width, polynomial } = POLYNOMIALS[name] as { width: bigint; polynomial: bigint }
  const times = (x: bigint, y: bigint) => {
    let product = 0n
    for (let bit = 1n << (width - 1n); bit > 0n; bit >>= 1n) {
      if (x & bit) product ^= y
      y = y & 1n ? (y >> 1n) ^ polynomial : y >> 1n
    }
    return product
  }
  const powerOf = (bytes: number) => {
    let power = 1n << (width - 9n) // x to the 8th: one byte
    let factor = 1n << (width - 1n) // x to the 0th
    for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) factor = times(power, factor)
      power = times(power, power)
    }
    return factor
  }
  const powers = new Map<number, bigint>() // parts are mostly of one size
  let sum = numberOf(first.value)
  for (const { value, size } of rest) {
    const power = powers.get(size) ?? powerOf(size)
    powers.set(size, power)
    sum = times(power, sum) ^ numberOf(value)
  }
  return Buffer.from(sum.toString(16).padStart(Number(width / 4n), '0'), 'hex').toString('base64')
}
