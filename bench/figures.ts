/** Minimum, median and maximum of some figures, in their own unit. */
export interface Figures {
  min: number
  median: number
  max: number
}

export const figuresOf = (values: readonly number[]): Figures => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
  return { min: at(0), median: at(0.5), max: at(1) }
}

/** How long each of `times` runs took, in ms, one after the other. */
export const timed = async (times: number, run: (n: number) => Promise<unknown>): Promise<number[]> => {
  const values: number[] = []
  for (let n = 0; n < times; n++) {
    const began = performance.now()
    await run(n)
    values.push(performance.now() - began)
  }
  return values
}

/** What one of ours is worth beside one of a peer's. */
export interface Compared {
  ours: Figures
  peer: Figures
  /** Ours through the peer's, round by round. */
  ratio: Figures
}

/**
 * Measures two in turns, so that what else the machine does falls on both. A round gives several figures, its median
 * counts for the ratio.
 */
export const compare = async (
  rounds: number,
  ours: (round: number) => Promise<number[]>,
  peer: (round: number) => Promise<number[]>,
): Promise<Compared> => {
  const all = { ours: [] as number[], peer: [] as number[], ratio: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    const one = await ours(round)
    const other = await peer(round)
    all.ours.push(...one)
    all.peer.push(...other)
    all.ratio.push(figuresOf(one).median / figuresOf(other).median)
  }
  return { ours: figuresOf(all.ours), peer: figuresOf(all.peer), ratio: figuresOf(all.ratio) }
}
