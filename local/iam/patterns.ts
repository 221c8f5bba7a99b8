/**
 * Patterns with the wildcards of policies: `*` any characters, `?` one character (a UTF-16 unit), all else itself.
 * Matching never goes back more than one piece: its time is at most the text's length times that of the longest piece
 * between two stars, whatever the pattern.
 */

/** Characters that stand for themselves, except where `any` says that each character fits. */
interface Piece {
  text: string
  any?: ReadonlySet<number>
}

/** Pieces with a star between each two; one piece alone must be the whole text. */
export interface Pattern {
  readonly pieces: readonly Piece[]
}

/** What a pattern is made of: text that stands for itself, and wildcards. */
export type Part = { text: string } | '*' | '?'

/** The parts of a text in which `*` and `?` are wildcards. */
export const partsOf = (text: string): Part[] =>
  text
    .split(/([*?])/)
    .flatMap((part, index): Part[] => (index % 2 ? [part as '*' | '?'] : part ? [{ text: part }] : []))

export const patternOf = (parts: readonly Part[]): Pattern => {
  const pieces: { text: string; any?: Set<number> }[] = [{ text: '' }]
  for (const part of parts) {
    const piece = pieces.at(-1) as { text: string; any?: Set<number> }
    if (part === '*') pieces.push({ text: '' })
    else if (part === '?') {
      piece.any ??= new Set()
      piece.any.add(piece.text.length)
      piece.text += '?'
    } else piece.text += part.text
  }
  return { pieces }
}

/** A pattern from its text. */
export const pattern = (text: string): Pattern => patternOf(partsOf(text))

const fitsAt = ({ text, any }: Piece, given: string, at: number): boolean => {
  if (!any) return given.startsWith(text, at)
  if (at + text.length > given.length) return false
  for (let i = 0; i < text.length; i++) if (!any.has(i) && text.charCodeAt(i) !== given.charCodeAt(at + i)) return false
  return true
}

/** Where the piece fits first, at or after `from`; -1 if nowhere. */
const find = (piece: Piece, given: string, from: number): number => {
  if (!piece.any) return given.indexOf(piece.text, from)
  for (let at = from; at + piece.text.length <= given.length; at++) if (fitsAt(piece, given, at)) return at
  return -1
}

/** Whether the whole text fits the pattern. */
export const matches = ({ pieces }: Pattern, text: string): boolean => {
  const first = pieces[0] as Piece
  if (pieces.length === 1)
    return first.any ? first.text.length === text.length && fitsAt(first, text, 0) : first.text === text
  if (!fitsAt(first, text, 0)) return false
  let at = first.text.length
  const last = pieces[pieces.length - 1] as Piece
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i] as Piece
    const found = find(piece, text, at)
    if (found < 0) return false
    at = found + piece.text.length
  }
  const end = text.length - last.text.length
  return end >= at && fitsAt(last, text, end)
}
