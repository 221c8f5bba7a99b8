/** The beginning of a text, by way of bytes where it is longer: a slice of a text would keep all of it in memory. */
export const cut = (text: string, most: number): string =>
  text.length > most ? Buffer.from(text.slice(0, most)).toString() : text
