/**
 * A JPEG at an eighth of its size, for thumbnails. A JPEG is stored in blocks of 8 × 8 pixels, and the first coefficient
 * of a block is eight times its average: that is the pixel. So the other 63 are only passed over, nothing is transformed,
 * and a 64th of the memory is enough. Format: ITU-T T.81 (the numbers of its sections stand beside what follows them).
 */

/** Pixels as RGBA, a byte each, rows from above. */
export interface Bitmap {
  data: Buffer
  width: number
  height: number
}

interface Component {
  id: number
  /** Blocks in each unit of the scan, across and down. */
  across: number
  down: number
  quantization: number
  /** The blocks' averages, -128 to 127, and how many of them stand in a row. */
  averages: Int16Array
  stride: number
}

interface Frame {
  width: number
  height: number
  components: Component[]
  /** Units of the scan in a row, and rows of them. */
  unitsAcross: number
  unitsDown: number
}

/** For each 16 bits that may come: how many of them are the code, times 256, and the symbol that it stands for. */
type Codes = Uint16Array

interface Tables {
  /** By number: the divisor of the first coefficient. */
  quantization: number[]
  dc: Codes[]
  ac: Codes[]
  /** Units between two restart markers; 0: there are none. */
  restart: number
  /** Adobe's word on the colours, if there is one: 0 is RGB. */
  transform?: number
}

/** The first coefficients' divisors (B.2.4.1): a table is 64 values of one or two bytes. */
const readQuantization = (segment: Buffer, tables: Tables): void => {
  for (let at = 0; at < segment.length; ) {
    const head = segment.readUInt8(at)
    const wide = head >> 4 > 0
    tables.quantization[head & 15] = wide ? segment.readUInt16BE(at + 1) : segment.readUInt8(at + 1)
    at += 1 + (wide ? 128 : 64)
  }
}

/** Huffman tables (B.2.4.2, C.2): how many codes there are of each length, then their symbols in order. */
const readHuffman = (segment: Buffer, tables: Tables): void => {
  for (let at = 0; at < segment.length; ) {
    const head = segment.readUInt8(at)
    const codes: Codes = new Uint16Array(65_536)
    let next = 0
    let symbol = at + 17
    for (let length = 1; length <= 16; length++)
      for (let left = segment.readUInt8(at + length); left > 0; left--) {
        const end = next + (1 << (16 - length))
        codes.fill((length << 8) | segment.readUInt8(symbol++), next, end)
        next = end
      }
    const kind = head >> 4 ? tables.ac : tables.dc
    kind[head & 15] = codes
    at = symbol
  }
}

/**
 * The frame's header (B.2.2); undefined for one whose samples are not of 8 bits, whose colours are not one or three, or
 * that has more pixels.
 */
const readFrame = (segment: Buffer, pixels: number): Frame | undefined => {
  const [height, width, count] = [segment.readUInt16BE(1), segment.readUInt16BE(3), segment.readUInt8(5)]
  if (segment.readUInt8(0) !== 8 || (count !== 1 && count !== 3) || !width || !height) return undefined
  if (width * height > pixels) return undefined
  const heads = Array.from({ length: count }, (_, i) => segment.subarray(6 + 3 * i, 9 + 3 * i))
  // One component alone is stored block by block, whatever its factors say (A.2.2).
  const factors = heads.map((head) => (count === 1 ? [1, 1] : [head.readUInt8(1) >> 4, head.readUInt8(1) & 15]))
  if (factors.flat().some((factor) => factor < 1 || factor > 4)) throw new RangeError('a sampling factor is not 1 to 4')
  const unitsAcross = Math.ceil(width / (8 * Math.max(...factors.map(([across = 1]) => across))))
  const unitsDown = Math.ceil(height / (8 * Math.max(...factors.map(([, down = 1]) => down))))
  const components = heads.map((head, i): Component => {
    const [across = 1, down = 1] = factors[i] ?? []
    const stride = unitsAcross * across
    const averages = new Int16Array(stride * unitsDown * down)
    return { id: head.readUInt8(0), across, down, quantization: head.readUInt8(2), averages, stride }
  })
  return { width, height, components, unitsAcross, unitsDown }
}

/**
 * The parts of a scan between its restart markers, without the zeros that follow each byte 255 of the data (B.1.1.5),
 * and with three zeros at the end, so that 16 bits can be read anywhere.
 */
const partsOf = (bytes: Buffer, start: number): Buffer[] => {
  const parts: Buffer[] = []
  let part = Buffer.alloc(bytes.length - start + 3)
  let length = 0
  for (let at = start; ; ) {
    const found = bytes.indexOf(0xff, at)
    const end = found < 0 ? bytes.length : found
    length += bytes.copy(part, length, at, end)
    const marker = bytes[end + 1] ?? 0xd9
    at = end + 2
    if (marker === 0) part[length++] = 0xff
    else if (marker === 0xff) at = end + 1
    else {
      parts.push(part.subarray(0, length + 3))
      if (marker < 0xd0 || marker > 0xd7) return parts
      part = part.subarray(length + 3)
      length = 0
    }
  }
}

/** Decodes the blocks of a scan (F.2.2), their averages into the frame's components. */
const readScan = (frame: Frame, parts: Buffer[], header: Buffer, tables: Tables): void => {
  const coded = frame.components.map((component, i) => {
    const [id, numbers] = [header.readUInt8(1 + 2 * i), header.readUInt8(2 + 2 * i)]
    const [dc, ac, divisor] = [
      tables.dc[numbers >> 4],
      tables.ac[numbers & 15],
      tables.quantization[component.quantization],
    ]
    if (id !== component.id || !dc || !ac || !divisor) throw new Error('a table is missing')
    return { component, dc, ac, divisor, last: 0 }
  })
  let data: Buffer = Buffer.alloc(3)
  let bit = 0
  const ahead = (): number => {
    const at = bit >> 3
    const three = ((data[at] as number) << 16) | ((data[at + 1] as number) << 8) | (data[at + 2] as number)
    return (three >> (8 - (bit & 7))) & 0xffff
  }
  const block = (one: (typeof coded)[number]): number => {
    const code = one.dc[ahead()] as number
    const size = code & 255
    bit += code >> 8
    if (code === 0 || size > 15) throw new Error('a code is unknown')
    if (size > 0) {
      const value = ahead() >> (16 - size)
      bit += size
      one.last += value >> (size - 1) ? value : value - 2 ** size + 1
    }
    for (let k = 1; k < 64; k++) {
      const pair = one.ac[ahead()] as number
      if (pair === 0) throw new Error('a code is unknown')
      bit += (pair >> 8) + (pair & 15)
      if ((pair & 255) === 0) break
      k += (pair & 255) >> 4
    }
    // What lies past the end reads as nothing: it is noticed before it could be taken for a picture.
    if (bit > (data.length - 3) * 8) throw new Error('it ends too early')
    return one.last
  }
  const unit = (row: number, column: number) => {
    for (const one of coded) {
      const { averages, stride, across, down } = one.component
      for (let y = 0; y < down; y++)
        for (let x = 0; x < across; x++)
          averages[(row * down + y) * stride + column * across + x] = Math.round((block(one) * one.divisor) / 8)
    }
  }
  const units = frame.unitsAcross * frame.unitsDown
  const each = tables.restart || units
  for (let n = 0; n < units; n++) {
    if (n % each === 0) {
      const part = parts[n / each]
      if (!part) throw new Error('it ends too early')
      data = part
      bit = 0
      for (const one of coded) one.last = 0
    }
    unit(Math.floor(n / frame.unitsAcross), n % frame.unitsAcross)
  }
}

/** The averages as pixels; colours are YCbCr (JFIF 1.02, section 7) or RGB. */
const paint = ({ width, height, components, unitsAcross, unitsDown }: Frame, rgb: boolean): Bitmap => {
  const [w, h] = [Math.ceil(width / 8), Math.ceil(height / 8)]
  const data = Buffer.alloc(w * h * 4, 255)
  const [most, tall] = [Math.max(...components.map((c) => c.across)), Math.max(...components.map((c) => c.down))]
  const at = ({ averages, stride, across, down }: Component, x: number, y: number) =>
    averages[Math.floor((y * down) / tall) * stride + Math.floor((x * across) / most)] ?? 0
  const clamped = (value: number) => Math.max(0, Math.min(255, Math.round(value + 128)))
  const [first, second, third] = components
  if (!first || unitsAcross * most < w || unitsDown * tall < h) throw new RangeError('it has no pixels')
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const one = at(first, x, y)
      const [two, three] = second && third ? [at(second, x, y), at(third, x, y)] : [rgb ? one : 0, rgb ? one : 0]
      const to = (y * w + x) * 4
      data[to] = clamped(rgb ? one : one + 1.402 * three)
      data[to + 1] = clamped(rgb ? two : one - 0.344136 * two - 0.714136 * three)
      data[to + 2] = clamped(rgb ? three : one + 1.772 * two)
    }
  return { data, width: w, height: h }
}

/**
 * Decodes a JPEG at an eighth of its width and height, rounded up.
 * @param pixels the most that it may have
 * @returns undefined for what has more, or is stored in another way than cameras do (progressive, CMYK, arithmetic,
 *   12 bits, several scans): the library decodes it whole, or refuses it
 * @throws Error for a file that is damaged or cut off.
 */
export const shrunkJpeg = (bytes: Buffer, pixels = Number.POSITIVE_INFINITY): Bitmap | undefined => {
  const tables: Tables = { quantization: [], dc: [], ac: [], restart: 0 }
  let frame: Frame | undefined
  for (let at = 2; ; ) {
    if (bytes.readUInt8(at) !== 0xff) throw new Error('a marker is missing')
    const marker = bytes.readUInt8(at + 1)
    if (marker === 0xff) {
      at++
      continue
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    if (end > bytes.length) throw new Error('it ends too early')
    const segment = bytes.subarray(at + 4, end)
    at = end
    if (marker === 0xdb) readQuantization(segment, tables)
    else if (marker === 0xc4) readHuffman(segment, tables)
    else if (marker === 0xdd) tables.restart = segment.readUInt16BE(0)
    else if (marker === 0xee && segment.toString('latin1', 0, 5) === 'Adobe') tables.transform = segment[11] ?? 1
    else if (marker === 0xda) {
      if (!frame || segment.readUInt8(0) !== frame.components.length) return undefined
      readScan(frame, partsOf(bytes, end), segment, tables)
      return paint(frame, frame.components.length === 3 && tables.transform === 0)
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      // Baseline and extended sequential with Huffman codes; a frame after a frame is nothing that is known here.
      if (marker > 0xc1 || frame) return undefined
      frame = readFrame(segment, pixels)
      if (!frame) return undefined
    }
  }
}
