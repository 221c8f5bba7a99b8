import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses'
import { config } from './config.ts'
import type { User } from './users.ts'

const ses = new SESClient()

/** A mail: paragraphs of text, of which some are links. */
interface Mail {
  subject: string
  paragraphs: string[]
  /** A sentence to click on, and where it leads. */
  link?: { sentence: string; url: string }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text as it stands in HTML, in an attribute too. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

/** The URL of a page with parameters of its own, each encoded. */
export const linkTo = (page: string, parameters: Record<string, string>): string => {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `${page}${page.includes('?') ? '&' : '?'}${pairs.join('&')}`
}

/** The two forms of a mail's body: programs without HTML show the text. */
export const bodyOf = ({ paragraphs, link }: Mail): { html: string; text: string } => {
  const toCopy = 'If the link does not open, copy this address into your browser:'
  const html = [
    ...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
    ...(link
      ? [
          `<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.sentence)}</a></p>`,
          `<p>${toCopy}</p>`,
          `<p>${escapeHtml(link.url)}</p>`,
        ]
      : []),
  ]
  const text = [...paragraphs, ...(link ? [`${link.sentence}:`, link.url] : [])]
  return {
    html: `<!DOCTYPE html>\n<html lang="en"><body>\n${html.join('\n')}\n</body></html>\n`,
    text: `${text.join('\n\n')}\n`,
  }
}

const send = async (to: string, mail: Mail): Promise<void> => {
  const { html, text } = bodyOf(mail)
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' })
  await ses.send(
    new SendEmailCommand({
      Source: config.emailSource,
      Destination: { ToAddresses: [to] },
      Message: { Subject: utf8(mail.subject), Body: { Html: utf8(html), Text: utf8(text) } },
    }),
  )
}

const hello = (name: string | undefined) => (name ? `Hello ${name},` : 'Hello,')
const VERIFICATION = `Verification Email for ${config.externalName}`
const LOST = `Password Lost for ${config.externalName}`
const NOT_YOU = 'If it was not you, nothing happens: leave this mail unanswered.'

/** Asks a new user to prove that the address is theirs. */
export const sendVerification = ({ email, name }: User, token: string): Promise<void> =>
  send(email, {
    subject: VERIFICATION,
    paragraphs: [hello(name), `somebody has signed up for ${config.externalName} with this address. ${NOT_YOU}`],
    link: {
      sentence: 'Verify your address',
      url: linkTo(config.verificationPage, { email, verify: token }),
    },
  })

/** Tells a user that somebody, perhaps they, has signed up with their address again. The page shows nothing of this. */
export const sendAlreadyThere = ({ email, name }: User): Promise<void> =>
  send(email, {
    subject: VERIFICATION,
    paragraphs: [
      hello(name),
      `somebody wanted to sign up for ${config.externalName} with this address, but it has an account already. If it was you: log in, or ask for a new password under Lost Password. ${NOT_YOU}`,
    ],
  })

/** Sends the link to a new password. */
export const sendReset = ({ email, name }: User, token: string): Promise<void> =>
  send(email, {
    subject: LOST,
    paragraphs: [hello(name), `somebody has asked for a new password for ${config.externalName}. ${NOT_YOU}`],
    link: { sentence: 'Choose a new password', url: linkTo(config.resetPage, { email, lost: token }) },
  })

/** Sends no further link where there are several. */
export const sendResetAgain = ({ email, name }: User): Promise<void> =>
  send(email, {
    subject: LOST,
    paragraphs: [
      hello(name),
      `somebody has asked for a new password for ${config.externalName} again. The links in the mails of the last hour still work: use one of them. ${NOT_YOU}`,
    ],
  })

/** Tells the owner of an address that nobody has signed up with it: the page shows nothing of this either. */
export const sendNobody = (email: string): Promise<void> =>
  send(email, {
    subject: LOST,
    paragraphs: [
      hello(undefined),
      `somebody has asked for a new password for ${config.externalName}, but nobody has signed up with this address. ${NOT_YOU}`,
    ],
  })
