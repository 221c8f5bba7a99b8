/** The rules of the form of figure 12.1, by field: whether a value is right, and what is missing if not. */
export const rules = {
  name: {
    isRight: (value: string) => /^\p{Lu}\p{L}*( \p{Lu}\p{L}*)*$/u.test(value),
    hint: 'a name of letters and spaces, each word with a capital',
  },
  email: {
    isRight: (value: string) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value),
    hint: 'an address like something@some.domain',
  },
} as const

/** What is still missing, as a sentence; empty where nothing is. */
export const missingIn = (values: Record<keyof typeof rules, string>): string => {
  const hints = (['name', 'email'] as const).filter((field) => !rules[field].isRight(values[field]))
  return hints.length === 0 ? '' : `Still missing: ${hints.map((field) => rules[field].hint).join('; ')}.`
}

/** A text in as many pieces of about the same length as there are workers. */
export const pieces = (text: string, workers: number): string[] => {
  const words = text.split(/\s+/).filter(Boolean)
  const size = Math.max(1, Math.ceil(words.length / workers))
  return Array.from({ length: Math.ceil(words.length / size) }, (_, n) =>
    words.slice(n * size, (n + 1) * size).join(' '),
  )
}

/** What one worker does with its piece, after a while. */
export const letters = async (piece: string, ms: number): Promise<number> => {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return piece.match(/\p{L}/gu)?.length ?? 0
}
