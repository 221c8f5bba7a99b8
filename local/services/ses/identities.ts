import { ServiceError } from '../../base/errors.ts'
import { anywhere, identityArn, invalid, type Operations, readAddress, type SesCall } from './names.ts'
import type { SenderIdentity } from './store.ts'

const DOMAIN = /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u

/** Whose mailbox it is need not be proved here: all of them are this machine's. */
const verify = (name: string, kind: SenderIdentity['kind'], { store, ground, ...scope }: SesCall) => {
  if (!store.identity(scope, name)) store.saveIdentity(scope, { name, kind, created: ground.clock.now() })
}

const addressOf = (text: string): string => {
  const { address, name } = readAddress(text)
  if (name !== undefined) throw invalid(`Invalid email address<${text}>.`)
  return address
}

export const identities = {
  VerifyEmailIdentity: {
    action: anywhere('VerifyEmailIdentity'),
    run({ EmailAddress }, call) {
      verify(addressOf(EmailAddress), 'EmailAddress', call)
      return {}
    },
  },
  VerifyEmailAddress: {
    action: anywhere('VerifyEmailAddress'),
    run({ EmailAddress }, call) {
      verify(addressOf(EmailAddress), 'EmailAddress', call)
      return {}
    },
  },
  VerifyDomainIdentity: {
    action: anywhere('VerifyDomainIdentity'),
    run({ Domain }, call) {
      if (!DOMAIN.test(Domain)) throw invalid(`Invalid domain name ${Domain}.`)
      verify(Domain.toLowerCase(), 'Domain', call)
      return { VerificationToken: Buffer.from(Domain).toString('base64') }
    },
  },
  DeleteIdentity: {
    action: ({ Identity }, call) => ['ses:DeleteIdentity', identityArn(Identity, call)],
    run({ Identity }, { store, ...scope }) {
      store.removeIdentity(scope, Identity)
      return {}
    },
  },
  ListIdentities: {
    action: anywhere('ListIdentities'),
    run({ IdentityType, NextToken, MaxItems = 1000 }, { store, ...scope }) {
      if (MaxItems < 1 || MaxItems > 1000) throw invalid('MaxItems must be between 1 and 1000.')
      const after = NextToken === undefined ? '' : Buffer.from(NextToken, 'base64url').toString()
      const all = store
        .identities(scope)
        .filter(({ kind, name }) => (IdentityType === undefined || kind === IdentityType) && name > after)
      const page = all.slice(0, MaxItems).map(({ name }) => name)
      const more = page.length < all.length
      return {
        Identities: page,
        NextToken: more ? Buffer.from(page.at(-1) ?? '').toString('base64url') : undefined,
      }
    },
  },
  ListVerifiedEmailAddresses: {
    action: anywhere('ListVerifiedEmailAddresses'),
    run: (_, { store, ...scope }) => ({
      VerifiedEmailAddresses: store
        .identities(scope)
        .filter(({ kind }) => kind === 'EmailAddress')
        .map(({ name }) => name),
    }),
  },
  GetIdentityVerificationAttributes: {
    action: anywhere('GetIdentityVerificationAttributes'),
    run({ Identities }, { store, ...scope }) {
      if (Identities.length > 100) throw invalid('You can specify at most 100 identities.')
      const known = Identities.filter((name) => store.identity(scope, name))
      return {
        VerificationAttributes: Object.fromEntries(
          known.map((name) => [name, { VerificationStatus: 'Success' as const }]),
        ),
      }
    },
  },
} satisfies Operations

/** @throws ServiceError `MessageRejected`, naming those that are not verified */
export const unverified = (names: readonly string[], region: string): ServiceError =>
  new ServiceError(
    'MessageRejected',
    `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${names.join(', ')}`,
    { status: 400 },
  )
