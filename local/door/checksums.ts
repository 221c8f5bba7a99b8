import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Crc32c } from '@aws-crypto/crc32c'
import { Crc64Nvme } from '@aws-sdk/crc64-nvme'

/** A checksum as it grows. */
export interface Running {
  update(data: Uint8Array): void
  digest(): Uint8Array | Promise<Uint8Array>
}

/** One of S3's checksum algorithms ("Checking object integrity" in its user guide). */
export interface Algorithm {
  /** As it stands in `x-amz-sdk-checksum-algorithm`. */
  name: string
  /** `x-amz-checksum-crc32` */
  header: string
  /** The member of S3's operations: `ChecksumCRC32`. */
  member: string
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

const algorithm = (name: string, bytes: number, begin: () => Running): Algorithm => ({
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

export const byHeader: ReadonlyMap<string, Algorithm> = new Map(algorithms.map((one) => [one.header, one]))

/** Whether `text` is `bytes` bytes in base64. */
export const isDigest = (text: string, bytes: number): boolean => {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return false
  return Buffer.from(text, 'base64').length === bytes
}
