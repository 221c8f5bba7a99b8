/** Markup of XML that is escaped; made by {@link element} and {@link text} alone. */
export type Markup = string & { readonly markup: unique symbol }

/** What XML 1.0 cannot hold (section 2.2), other controls, and what turns the direction of the text around it. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g
const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Any text as characters of XML: what cannot stand there is `�`. */
export const text = (value: string): Markup =>
  value
    .toWellFormed()
    .replace(UNSEEN, '\ufffd')
    .replace(/[\t\r\n]/g, ' ')
    .replace(/[&<>"']/g, (character) => ESCAPED[character] ?? '') as Markup

/** An element. Attributes that are undefined are left out. */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly Markup[]
): Markup => {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${text(String(value))}"`)
    .join('')
  return (children.length === 0 ? `<${name}${given}/>` : `<${name}${given}>${children.join('')}</${name}>`) as Markup
}
