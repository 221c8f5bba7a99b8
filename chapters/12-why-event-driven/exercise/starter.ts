interface Source {
  name: string
  eventsPerSecond: number
  /** Average duration. */
  seconds: number
}

/** Estimates how many executions run at the same time. */
export const handler = async ({ functions, limit = 100 }: { functions: Source[]; limit?: number }) => {
  const rows = functions.map((one) => ({ ...one, concurrent: one.eventsPerSecond }))
  const sum = rows.reduce((total, { concurrent }) => total + concurrent, 0)
  return { rows, sum, limit, holds: sum < limit }
}
