/** Minimum, median, 95th percentile and maximum of some figures, in their own unit. */
export interface Figures {
  min: number
  p50: number
  p95: number
  max: number
}

export const figuresOf = (values: number[]): Figures => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
  return { min: at(0), p50: at(0.5), p95: at(0.95), max: at(1) }
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
