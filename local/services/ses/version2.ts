import type * as SESv2 from '@aws-sdk/client-sesv2'
import { ServiceError } from '../../base/errors.ts'
import { type Call, type Input, type Operation, type Output, service } from '../service.ts'
import { identityArn } from './names.ts'
import { quotaOf } from './posting.ts'
import { createSesStore, type SesStore } from './store.ts'
import { ListTagsForResource, listed, requestKeys, TagResource, tagsOf, UntagResource } from './tags.ts'

type Sdk = typeof SESv2
type One<Name extends string> = Operation<Input<Sdk, Name>, Output<Sdk, Name>, SesStore>
type Version2Call = Call<SesStore>

const badRequest = (message: string) => new ServiceError('BadRequestException', message, { status: 400 })
const notFound = (message: string) => new ServiceError('NotFoundException', message, { status: 404 })

/** The first version's refusals under the names that the second has for them. */
const renamed = async <T>(run: Promise<T>): Promise<T> => {
  try {
    return await run
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const { code, message } = error
    if (code === 'MessageRejected') throw new ServiceError('MessageRejected', message, { status: 400 })
    if (code === 'TemplateDoesNotExist') throw notFound(message)
    if (code === 'Throttling') throw new ServiceError('TooManyRequestsException', message, { status: 429 })
    if (code === 'AccessDenied') throw new ServiceError('AccessDeniedException', message, { status: 403 })
    throw badRequest(message)
  }
}

const onIdentity =
  (action: string) =>
  ({ EmailIdentity }: { EmailIdentity: string }, call: Version2Call) =>
    [`ses:${action}`, identityArn(EmailIdentity, call)] as const

const kindOf = (kind: string) => (kind === 'Domain' ? ('DOMAIN' as const) : ('EMAIL_ADDRESS' as const))

/** What it sends is sent by the first version, which asks IAM. */
const SendEmail: One<'SendEmail'> = {
  action: () => [],
  async run(input, { cloud }) {
    const { Content, Destination = {}, FromEmailAddress: Source, ReplyToAddresses, ConfigurationSetName } = input
    const { Simple, Raw, Template } = Content
    const { ToAddresses, CcAddresses, BccAddresses } = Destination
    if ([Simple, Raw, Template].filter(Boolean).length !== 1)
      throw badRequest('Content must have exactly one of Simple, Raw, Template.')
    const ses = cloud('ses')
    if (Raw?.Data) {
      const Destinations = [...(ToAddresses ?? []), ...(CcAddresses ?? []), ...(BccAddresses ?? [])]
      return renamed(ses.SendRawEmail({ Source, Destinations, RawMessage: { Data: Raw.Data }, ConfigurationSetName }))
    }
    if (Source === undefined) throw badRequest('FromEmailAddress is required.')
    const envelope = {
      ...{ Source, ReplyToAddresses, ConfigurationSetName },
      Destination: { ToAddresses, CcAddresses, BccAddresses },
    }
    if (Template) {
      if (Template.TemplateName === undefined) throw badRequest('TemplateName is required.')
      return renamed(
        ses.SendTemplatedEmail({
          ...envelope,
          Template: Template.TemplateName,
          TemplateData: Template.TemplateData ?? '{}',
        }),
      )
    }
    if (Simple?.Headers?.length || Simple?.Attachments?.length)
      throw badRequest('The local cloud takes headers and attachments in raw mails only.')
    return renamed(ses.SendEmail({ ...envelope, Message: { Subject: Simple?.Subject, Body: Simple?.Body } }))
  },
}

const CreateEmailIdentity: One<'CreateEmailIdentity'> = {
  action(input, call) {
    const [action, arn] = onIdentity('CreateEmailIdentity')(input, call)
    const keys = requestKeys(input.Tags)
    return input.Tags?.length
      ? [
          [action, arn, keys],
          ['ses:TagResource', arn, keys],
        ]
      : [action, arn, keys]
  },
  async run({ EmailIdentity: name, Tags }, { store, ground, account, region }) {
    if (store.identity({ account, region }, name))
      throw new ServiceError('AlreadyExistsException', `Email identity ${name} already exist.`, { status: 400 })
    const isAddress = name.includes('@')
    if (!/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$|^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u.test(name))
      throw badRequest(`Invalid email identity: ${name.slice(0, 320)}`)
    const kind = isAddress ? 'EmailAddress' : 'Domain'
    const tags = tagsOf(Tags)
    store.saveIdentity({ account, region }, { name, kind, created: ground.clock.now(), tags })
    return { IdentityType: kindOf(kind), VerifiedForSendingStatus: true }
  },
}

const GetEmailIdentity: One<'GetEmailIdentity'> = {
  action: (input, call) => [...onIdentity('GetEmailIdentity')(input, call)],
  run({ EmailIdentity: name }, { store, account, region }) {
    const identity = store.identity({ account, region }, name)
    if (!identity) throw notFound(`Email identity ${name} does not exist.`)
    return {
      IdentityType: kindOf(identity.kind),
      VerifiedForSendingStatus: true,
      VerificationStatus: 'SUCCESS',
      FeedbackForwardingStatus: true,
      Tags: listed(identity.tags),
    }
  },
}

const DeleteEmailIdentity: One<'DeleteEmailIdentity'> = {
  action: (input, call) => [...onIdentity('DeleteEmailIdentity')(input, call)],
  run({ EmailIdentity: name }, { store, account, region }) {
    if (!store.identity({ account, region }, name)) throw notFound(`Email identity ${name} does not exist.`)
    store.removeIdentity({ account, region }, name)
    return {}
  },
}

const ListEmailIdentities: One<'ListEmailIdentities'> = {
  action: () => ['ses:ListEmailIdentities', '*'],
  run: (_, { store, account, region }) => ({
    EmailIdentities: store.identities({ account, region }).map(({ name, kind }) => ({
      IdentityName: name,
      IdentityType: kindOf(kind),
      SendingEnabled: true,
      VerificationStatus: 'SUCCESS',
    })),
  }),
}

const GetAccount: One<'GetAccount'> = {
  action: () => ['ses:GetAccount', '*'],
  run(_, call) {
    const { day, second } = quotaOf(call)
    const sent = call.store.since(call, call.ground.clock.now() - 24 * 3_600_000)
    return {
      ProductionAccessEnabled: !call.store.sandbox,
      SendingEnabled: true,
      EnforcementStatus: 'HEALTHY',
      SendQuota: { Max24HourSend: day, MaxSendRate: second, SentLast24Hours: sent.length },
    }
  },
}

/** What became of a mail: who sent it to whom, and whether it arrived. */
const GetMessageInsights: One<'GetMessageInsights'> = {
  action: ({ MessageId }) => ['ses:GetMessageInsights', '*', { 'ses:MessageId': MessageId }],
  run({ MessageId }, { store, account, region }) {
    const mail = store.mail(MessageId)
    if (mail?.account !== account || mail.region !== region) throw notFound(`Message ${MessageId} does not exist.`)
    const recipients = [...new Set(mail.events.map(({ recipient }) => recipient))]
    return {
      MessageId,
      FromEmailAddress: mail.from,
      Subject: mail.subject,
      EmailTags: [],
      Insights: recipients.map((Destination) => ({
        Destination,
        Events: mail.events
          .filter(({ recipient }) => recipient === Destination)
          .map(({ at, type, bounce }) => ({
            Timestamp: new Date(at),
            Type: type,
            ...(bounce && {
              Details: { Bounce: { BounceType: 'PERMANENT' as const, BounceSubType: bounce.subType } },
            }),
          })),
      })),
    }
  },
}

/**
 * Simple Email Service, version 2: SendEmail, senders, tags, GetAccount, GetMessageInsights. Left out: contacts, configuration
 * sets, dedicated addresses, templates (the first version has them), suppression lists.
 */
export const sesv2 = service(
  {
    name: 'sesv2',
    scope: 'ses',
    paths: /^\/v2\//,
    sdk: () => import('@aws-sdk/client-sesv2'),
    protocol: 'restJson',
    denied: 'AccessDeniedException',
    largest: 20 * 1024 ** 2,
    store: createSesStore,
  },
  {
    SendEmail,
    CreateEmailIdentity,
    GetEmailIdentity,
    DeleteEmailIdentity,
    ListEmailIdentities,
    GetAccount,
    GetMessageInsights,
    TagResource,
    UntagResource,
    ListTagsForResource,
  },
)
