/** How many letters fit on a line of a node. */
const LETTERS = 20

/** A text cut at its end, between two characters. */
export const cutTo = (text: string, letters: number): string => {
  const all = [...text]
  return all.length > letters ? `${all.slice(0, letters - 1).join('')}…` : text
}

/** A name on one line, or on two: cut between two words of it, as near to its middle as can be. */
export const nameLines = (name: string): string[] => {
  if (name.length <= LETTERS) return [name]
  const cuts = [...name.matchAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[-_/.@])/g)].map(({ index }) => index)
  const middle = name.length / 2
  const at = cuts.sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle))[0] ?? LETTERS
  return [name.slice(0, at), name.slice(at)].map((line) => cutTo(line, LETTERS))
}

/** Wide characters take the room of two. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const roomOf = (text: string): number => [...text].reduce((room, one) => room + (WIDE.test(one) ? 2 : 1), 0)

/** About how wide a text is drawn, in pixels. */
export const widthOf = (text: string, size: number): number => Math.ceil(roomOf(text) * size * 0.56)

/** A text on lines of so many letters: broken at a space where there is one, within a word that is longer. */
export const wrapped = (text: string, letters: number): string[] => {
  const lines: string[] = []
  let line = ''
  let room = 0
  for (const part of text.split(/(?<=\s)/)) {
    for (const piece of roomOf(part.trimEnd()) > letters ? part : [part]) {
      const needs = roomOf(piece.trimEnd())
      if (room + needs > letters && line !== '') {
        lines.push(line.trimEnd())
        ;[line, room] = ['', 0]
      }
      line += piece
      room += roomOf(piece)
    }
  }
  return [...lines, line.trimEnd()]
}
