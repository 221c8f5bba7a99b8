import { ServiceError } from '../../base/errors.ts'
import { unverified } from './identities.ts'
import { type Address, identityOf, invalid, readAddress, type SesCall } from './names.ts'
import type { Mail, MailEvent } from './store.ts'

/** Recipients of one mail. */
const MOST_RECIPIENTS = 50
/** Bytes of one mail (API version 1). */
const LARGEST = 10 * 1024 ** 2
const DAY = 24 * 3_600_000
/** Mails of 24 hours, in the sandbox and out of it. */
export const quotaOf = ({ store }: Pick<SesCall, 'store'>) =>
  store.sandbox ? { day: 200, second: 1 } : { day: 50_000, second: 14 }

const SIMULATOR = 'simulator.amazonses.com'

/** What is sent, before it has an id. */
export type Draft = Omit<Mail, 'id' | 'account' | 'region' | 'at' | 'events'>

/** Control characters would make a header of their own. @throws ServiceError `InvalidParameterValue` */
export const checkHeader = (name: string, value: string): void => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not stand in a header
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
    throw invalid(`Header value contains control characters: ${name}`)
}

const recipientsOf = ({ to, cc, bcc }: Draft): Address[] => [...to, ...cc, ...bcc].map(readAddress)

/** What becomes of a mail at one recipient: those of the mailbox simulator do what their names say. */
const fate = ({ address, domain }: Address, at: number): MailEvent[] => {
  const sent: MailEvent = { at, recipient: address, type: 'SEND' }
  const user = domain === SIMULATOR ? address.split('@')[0]?.split('+')[0] : ''
  if (user === 'bounce') return [sent, { ...sent, type: 'BOUNCE', bounce: { type: 'Permanent', subType: 'General' } }]
  if (user === 'suppressionlist')
    return [sent, { ...sent, type: 'BOUNCE', bounce: { type: 'Permanent', subType: 'Suppressed' } }]
  const delivered: MailEvent = { ...sent, type: 'DELIVERY' }
  return user === 'complaint' ? [sent, delivered, { ...sent, type: 'COMPLAINT' }] : [sent, delivered]
}

/**
 * Sends a mail: it lies in the mailbox, and each recipient has its fate.
 * @throws ServiceError `MessageRejected` for senders (in the sandbox recipients, too) that are not verified,
 * `InvalidParameterValue` for what is no mail, `Throttling` over the quota
 */
export const post = (draft: Draft, call: SesCall): string => {
  const { store, ground, account, region } = call
  const scope = { account, region }
  const recipients = recipientsOf(draft)
  if (!recipients.length) throw invalid("Missing required header 'To'.")
  if (recipients.length > MOST_RECIPIENTS) throw invalid(`Recipient count exceeds ${MOST_RECIPIENTS}.`)
  if (draft.size > LARGEST) throw invalid(`Message length is more than ${LARGEST} bytes long: '${draft.size}'.`)
  checkHeader('Subject', draft.subject)
  const sender = readAddress(draft.from)
  const strangers = identityOf(sender, store, scope) === undefined ? [sender.address] : []
  if (store.sandbox)
    for (const one of recipients)
      if (one.domain !== SIMULATOR && identityOf(one, store, scope) === undefined) strangers.push(one.address)
  if (strangers.length) throw unverified([...new Set(strangers)], region)
  const now = ground.clock.now()
  const sent = store
    .since(scope, now - DAY)
    .reduce((sum, { to, cc, bcc }) => sum + to.length + cc.length + bcc.length, 0)
  if (sent + recipients.length > quotaOf(call).day)
    throw new ServiceError('Throttling', 'Daily message quota exceeded.', { status: 400 })
  const id = `${ground.ids.text(16, '0123456789abcdef')}-${ground.ids.uuid()}-000000`
  store.send({ ...draft, id, account, region, at: now, events: recipients.flatMap((one) => fate(one, now)) })
  return id
}
