/** What is done with an upload, one function each. */
export const PARTS = ['thumbnail', 'metadata', 'index'] as const
export type Part = (typeof PARTS)[number]

/** An outage as it goes with an upload, so that it can be watched: `thumbnail 2026-11-21T10:00:00.000Z`. */
const OUTAGE = /^(thumbnail|metadata|index) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/

/** A part does not work at the moment. */
export class OutOfOrder extends Error {
  override readonly name = 'OutOfOrder'

  constructor(key: string, part: Part, until: string) {
    super(`${key}: the ${part} is out of order until ${until}`)
  }
}

/** An outage of a part, as text that goes with an upload. */
export const outageOf = (part: Part, until: Date): string => `${part} ${until.toISOString()}`

export const isOutage = (text: unknown): text is string => typeof text === 'string' && OUTAGE.test(text)

/** @throws OutOfOrder while the outage that goes with an upload is one of this part */
export const failDuring = (part: Part, key: string, outage: string | undefined): void => {
  const [, broken, until = ''] = OUTAGE.exec(outage ?? '') ?? []
  if (broken === part && Date.now() < Date.parse(until)) throw new OutOfOrder(key, part, until)
}
