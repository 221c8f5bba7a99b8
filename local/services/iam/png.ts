import { crc32, deflateSync } from 'node:zlib'

/** Pixels of a module, and modules of white around a QR code (ISO/IEC 18004, "quiet zone"). */
const SCALE = 5
const MARGIN = 4

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(data.length)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}

/** A picture of black and white modules, as PNG (W3C, one bit a pixel). */
export const pngOf = (modules: readonly (readonly boolean[])[]): Buffer => {
  const side = (modules.length + 2 * MARGIN) * SCALE
  const bytesOfRow = Math.ceil(side / 8)
  // Each row begins with its filter, 0; a 1 is white.
  const rows = Array.from({ length: side }, (_, y) => {
    const row = Buffer.alloc(bytesOfRow + 1, 0xff)
    row[0] = 0
    for (const [at, dark] of (modules[Math.floor(y / SCALE) - MARGIN] ?? []).entries())
      for (let pixel = 0; dark && pixel < SCALE; pixel++) {
        const x = (at + MARGIN) * SCALE + pixel
        row[1 + (x >> 3)] = (row[1 + (x >> 3)] as number) & ~(0x80 >> (x & 7))
      }
    return row
  })
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side)
  header.writeUInt32BE(side, 4)
  header.set([1, 0, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
