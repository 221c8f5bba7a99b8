/**
 * Texts as QR codes (ISO/IEC 18004), as far as the address of a virtual MFA device needs them: byte mode, error
 * correction of level M, versions 1 to 15, which hold 412 bytes. The mask is always the first: the others serve prints
 * with large areas of one colour, which random seeds do not make.
 */

/** For versions 1 to 15 at level M: codewords of error correction in each block, and how many blocks there are. */
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24]
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10]
/** Level M and mask 0 with their correction, masked (ISO/IEC 18004, annex C). */
const FORMAT = 0b101010000010010
/** Two kinds of bytes by turns fill what the text leaves free. */
const FILL = [0xec, 0x11]

type Grid = (boolean | undefined)[][]

/** Multiplication in the field of 256 elements with the polynomial x^8 + x^4 + x^3 + x^2 + 1. */
const times = (a: number, b: number): number => {
  let product = 0
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d)
    product ^= ((b >> bit) & 1) * a
  }
  return product
}

/** The polynomial with the first `degree` powers of 2 as its roots; the leading 1 is left out. */
const generator = (degree: number): number[] => {
  const factors = [...Array<number>(degree - 1).fill(0), 1]
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let at = 0; at < degree; at++) factors[at] = times(factors[at] ?? 0, root) ^ (factors[at + 1] ?? 0)
    root = times(root, 2)
  }
  return factors
}

/** The codewords of error correction (Reed and Solomon) of a block. */
const correctionOf = (data: readonly number[], divisor: readonly number[]): number[] => {
  const rest = divisor.map(() => 0)
  for (const byte of data) {
    const factor = byte ^ (rest.shift() ?? 0)
    rest.push(0)
    for (const [at, part] of divisor.entries()) rest[at] = (rest[at] ?? 0) ^ times(part, factor)
  }
  return rest
}

const sizeOf = (version: number) => version * 4 + 17

/** Where the centres of the small alignment patterns are, across and down. */
const alignments = (version: number): number[] => {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2
  return [6, ...Array.from({ length: count - 1 }, (_, at) => sizeOf(version) - 7 - at * step).reverse()]
}

/** Everything but the data, which stays open. */
const patterns = (version: number): Grid => {
  const size = sizeOf(version)
  const grid: Grid = Array.from({ length: size }, () => Array<boolean | undefined>(size).fill(undefined))
  const set = (x: number, y: number, dark: boolean) => {
    const row = grid[y]
    if (row && x >= 0 && x < size) row[x] = dark
  }
  const ring = (x: number, y: number, reach: number, light: readonly number[]) => {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++)
        set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))))
  }
  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0)
    set(at, 6, at % 2 === 0)
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    ring(x, y, 4, [2, 4])
  const centres = alignments(version)
  const last = centres.at(-1)
  // Three of the corners hold the large patterns.
  for (const x of centres)
    for (const y of centres) if (!((x === 6 && (y === 6 || y === last)) || (x === last && y === 6))) ring(x, y, 2, [1])
  for (let bit = 0; bit < 15; bit++) {
    const dark = ((FORMAT >> bit) & 1) === 1
    const near = bit < 6 ? bit : bit < 8 ? bit + 1 : 14 - bit
    if (bit < 8) {
      set(8, near, dark)
      set(size - 1 - bit, 8, dark)
    } else {
      set(bit === 8 ? 7 : near, 8, dark)
      set(8, size - 15 + bit, dark)
    }
  }
  set(8, size - 8, true)
  if (version >= 7) {
    let rest = version
    for (let bit = 0; bit < 12; bit++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25)
    const bits = (version << 12) | rest
    for (let bit = 0; bit < 18; bit++) {
      const [long, short] = [Math.floor(bit / 3), size - 11 + (bit % 3)]
      set(long, short, ((bits >> bit) & 1) === 1)
      set(short, long, ((bits >> bit) & 1) === 1)
    }
  }
  return grid
}

/** The open places in the order in which data fills them: pairs of columns from the right, up and down by turns. */
const places = (grid: Grid): [x: number, y: number][] => {
  const size = grid.length
  const found: [number, number][] = []
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right--
    const isUp = ((right + 1) & 2) === 0
    for (let step = 0; step < size; step++)
      for (const x of [right, right - 1]) {
        const y = isUp ? size - 1 - step : step
        if (grid[y]?.[x] === undefined) found.push([x, y])
      }
  }
  return found
}

/** Data and correction of all blocks, one codeword of each by turns. */
const codewords = (bytes: Buffer, version: number, room: number): number[] => {
  const [count, correction] = [BLOCKS[version - 1] as number, CORRECTION[version - 1] as number]
  const capacity = room - count * correction
  const lengthBits = version < 10 ? 8 : 16
  const bits = `0100${bytes.length.toString(2).padStart(lengthBits, '0')}${[...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')}`
  const ended = bits.padEnd(Math.min(bits.length + 4, capacity * 8), '0')
  const data = (ended.match(/.{1,8}/g) ?? []).map((octet) => Number.parseInt(octet.padEnd(8, '0'), 2))
  for (let at = 0; data.length < capacity; at++) data.push(FILL[at % 2] as number)
  const divisor = generator(correction)
  const short = Math.floor(capacity / count)
  const longer = capacity % count
  let from = 0
  const blocks = Array.from({ length: count }, (_, index) => {
    const block = data.slice(from, from + short + (index >= count - longer ? 1 : 0))
    from += block.length
    return { block, extra: correctionOf(block, divisor) }
  })
  const byTurns = (lists: number[][]) =>
    Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, at) =>
      lists.flatMap((list) => list[at] ?? []),
    ).flat()
  return [...byTurns(blocks.map(({ block }) => block)), ...byTurns(blocks.map(({ extra }) => extra))]
}

/** The modules of a QR code, row by row: dark ones are `true`. @throws RangeError for a text that is too long */
export const qrCode = (text: string): boolean[][] => {
  const bytes = Buffer.from(text)
  for (let version = 1; version <= BLOCKS.length; version++) {
    const grid = patterns(version)
    const open = places(grid)
    const room = Math.floor(open.length / 8)
    const capacity = room - (BLOCKS[version - 1] as number) * (CORRECTION[version - 1] as number)
    if (bytes.length > capacity - (version < 10 ? 2 : 3)) continue
    const words = codewords(bytes, version, room)
    for (const [index, [x, y]] of open.entries()) {
      const bit = ((words[index >> 3] ?? 0) >> (7 - (index & 7))) & 1
      const row = grid[y] as boolean[]
      row[x] = (bit === 1) !== ((x + y) % 2 === 0)
    }
    return grid as boolean[][]
  }
  throw new RangeError(`${bytes.length} bytes do not fit into a QR code of version ${BLOCKS.length}`)
}
