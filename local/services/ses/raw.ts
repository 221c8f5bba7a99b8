import { invalid, readAddress } from './names.ts'
import type { Draft } from './posting.ts'

/** Bytes of a mail's head that are looked at. */
const LARGEST_HEAD = 256 * 1024
const LARGEST = 10 * 1024 ** 2

/** The heads of a raw mail that say from whom and to whom (RFC 5322); lists as they stand there, one by one. */
export interface Heads {
  from: string
  to: string[]
  cc: string[]
  bcc: string[]
}

/** Splits `a@x, "Doe, John" <b@y>` at the commas between addresses. */
const split = (text: string): string[] =>
  (text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []).map((one) => one.trim()).filter(Boolean)

/** Reads the head of a raw mail. @throws ServiceError `InvalidParameterValue` for what is no mail */
export const readHeads = (data: Uint8Array): Heads => {
  if (data.length > LARGEST) throw invalid(`Message length is more than ${LARGEST} bytes long: '${data.length}'.`)
  const text = Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, LARGEST_HEAD)).toString()
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? ''
  // A line that begins with white space belongs to the one before.
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const values = (name: string) =>
    lines.flatMap((line) => (line.toLowerCase().startsWith(`${name}:`) ? [line.slice(name.length + 1).trim()] : []))
  const froms = values('from')
  if (froms.length > 1) throw invalid("Duplicate header 'From'.")
  const from = froms[0]
  if (!from) throw invalid("Missing required header 'From'.")
  const list = (name: string) => values(name).flatMap(split)
  return { from, to: list('to'), cc: list('cc'), bcc: list('bcc') }
}

/**
 * Reads a raw mail: heads, text, HTML and the names of attachments.
 * @param destinations to whom it really goes, where the request says so
 */
export const readRaw = async (
  data: Uint8Array,
  source: string | undefined,
  destinations: readonly string[] | undefined,
): Promise<Draft> => {
  const heads = readHeads(data)
  const { simpleParser } = await import('mailparser')
  const mail = await simpleParser(Buffer.from(data), { skipTextToHtml: true, skipImageLinks: true })
  const headers = mail.headerLines.map(({ key, line }): [string, string] => [
    line.slice(0, key.length),
    line.slice(key.length + 1).trim(),
  ])
  const given = destinations?.length ? [...destinations] : undefined
  for (const one of given ?? [...heads.to, ...heads.cc, ...heads.bcc]) readAddress(one)
  return {
    from: source ?? heads.from,
    ...(given ? { to: given, cc: [], bcc: [] } : { to: heads.to, cc: heads.cc, bcc: heads.bcc }),
    replyTo: mail.replyTo ? [mail.replyTo.text] : [],
    subject: mail.subject ?? '',
    text: mail.text,
    html: mail.html === false ? undefined : mail.html,
    headers,
    attachments: mail.attachments.map(({ filename, contentType }) => filename ?? contentType),
    size: data.length,
  }
}
