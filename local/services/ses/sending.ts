import type { Message } from '@aws-sdk/client-ses'
import { ServiceError } from '../../base/errors.ts'
import type { Access } from '../../iam/types.ts'
import { identityArn, identityOf, invalid, type Operations, readAddress, type SesCall } from './names.ts'
import { type Draft, post } from './posting.ts'
import { readHeads, readRaw } from './raw.ts'
import { renderTemplate } from './render.ts'

interface Destination {
  ToAddresses?: string[]
  CcAddresses?: string[]
  BccAddresses?: string[]
}
interface Envelope {
  Source: string
  Destination: Destination
  ReplyToAddresses?: string[]
  ReturnPath?: string
  ConfigurationSetName?: string
}

/** What sending asks for: the identity of the sender, and the addresses as condition keys. */
const sendAccess = (
  action: string,
  source: string,
  recipients: readonly string[],
  feedback: string | undefined,
  call: SesCall,
): Access => {
  const sender = readAddress(source)
  return [
    `ses:${action}`,
    identityArn(identityOf(sender, call.store, call) ?? sender.address, call),
    {
      'ses:FromAddress': sender.address,
      'ses:FromDisplayName': sender.name,
      'ses:Recipients': recipients.map((one) => readAddress(one).address),
      'ses:FeedbackAddress': feedback,
      'ses:ApiVersion': '1',
    },
  ]
}

const all = ({ ToAddresses = [], CcAddresses = [], BccAddresses = [] }: Destination): string[] => [
  ...ToAddresses,
  ...CcAddresses,
  ...BccAddresses,
]

const onSender =
  (action: string) =>
  ({ Source, Destination, ReturnPath }: Envelope, call: SesCall): Access =>
    sendAccess(action, Source, all(Destination), ReturnPath, call)

/** Configuration sets are not part of the local cloud. @throws ServiceError `ConfigurationSetDoesNotExist` */
const checkSet = (name: string | undefined) => {
  if (name === undefined) return
  throw new ServiceError('ConfigurationSetDoesNotExist', `Configuration set <${name}> does not exist.`, { status: 400 })
}

const draftOf = (
  { Source, Destination, ReplyToAddresses = [], ConfigurationSetName }: Envelope,
  { subject, text, html }: Pick<Draft, 'subject' | 'text' | 'html'>,
): Draft => {
  checkSet(ConfigurationSetName)
  ReplyToAddresses.forEach(readAddress)
  return {
    from: Source,
    to: Destination.ToAddresses ?? [],
    cc: Destination.CcAddresses ?? [],
    bcc: Destination.BccAddresses ?? [],
    replyTo: ReplyToAddresses,
    ...{ subject, text, html },
    headers: [],
    attachments: [],
    size: Buffer.byteLength(subject + (text ?? '') + (html ?? '')),
  }
}

const contentOf = ({ Subject, Body }: Message) => {
  const [text, html] = [Body?.Text?.Data, Body?.Html?.Data]
  if (Subject?.Data === undefined) throw invalid('Missing required field Subject.')
  if (text === undefined && html === undefined) throw invalid('Missing required field Body.')
  return { subject: Subject.Data, text, html }
}

const rawOf = ({ Data }: { Data: Uint8Array | undefined }): Uint8Array => {
  if (!Data?.length) throw invalid('Missing required field RawMessage.Data.')
  return Data
}

export const sending = {
  SendEmail: {
    action: (input, call) => onSender('SendEmail')(input, call),
    run: (input, call) => ({ MessageId: post(draftOf(input, contentOf(input.Message)), call) }),
  },
  SendTemplatedEmail: {
    action: (input, call) => onSender('SendTemplatedEmail')(input, call),
    async run(input, call) {
      const { Template, TemplateData } = input
      const content = await renderTemplate(Template, TemplateData, call)
      return { MessageId: post(draftOf(input, content), call) }
    },
  },
  SendRawEmail: {
    action({ Source, Destinations, RawMessage }, call) {
      const heads = readHeads(rawOf(RawMessage))
      const recipients = Destinations?.length ? Destinations : [...heads.to, ...heads.cc, ...heads.bcc]
      return sendAccess('SendRawEmail', Source ?? heads.from, recipients, undefined, call)
    },
    async run({ Source, Destinations, RawMessage, ConfigurationSetName }, call) {
      checkSet(ConfigurationSetName)
      return { MessageId: post(await readRaw(rawOf(RawMessage), Source, Destinations), call) }
    },
  },
} satisfies Operations
