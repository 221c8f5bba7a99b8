import type { OpenIdProvider } from '../../iam/directory/records.ts'
import type { Access } from '../../iam/types.ts'
import { length } from '../constraints.ts'
import {
  exists,
  type IamCall,
  invalid,
  invalidInput,
  limit,
  missing,
  type Operations,
  page,
  resourceKeys,
  valid,
} from './names.ts'
import { checkTags, requestKeys, withoutTags, withTags } from './tags.ts'

/** Applications of one provider. */
const MOST_CLIENTS = 100

/** The provider's address without its scheme. @throws ServiceError `ValidationError` */
const nameOf = (url: string): string => {
  valid(length('url', url, 1, 255))
  if (!/^https:\/\/[^\s?#]+$/.test(url))
    throw invalid(
      'Invalid Open ID Connect Provider URL: it must begin with https:// and have neither query nor fragment.',
    )
  return url.slice('https://'.length).replace(/\/$/, '')
}

const checkClients = (clients: readonly string[]): void => {
  valid(...clients.map((id) => length('clientIDList', id, 1, 255)))
  if (clients.length > MOST_CLIENTS)
    throw limit(`Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${MOST_CLIENTS}`)
}

const arnOf = (account: string, name: string) => `arn:aws:iam::${account}:oidc-provider/${name}`

/** @throws ServiceError `NoSuchEntity` */
const theProvider = (
  { OpenIDConnectProviderArn: arn }: { OpenIDConnectProviderArn: string },
  { store, account }: IamCall,
): OpenIdProvider => {
  valid(length('openIDConnectProviderArn', arn, 20, 2048))
  const provider = store.openIdProvider(arn)
  if (!provider || provider.account !== account) throw missing(`OpenIDConnect Provider not found for arn ${arn}`)
  return provider
}

const onProvider =
  (action: string) =>
  ({ OpenIDConnectProviderArn: arn }: { OpenIDConnectProviderArn: string }, { store }: IamCall): Access => [
    `iam:${action}`,
    arn,
    resourceKeys(store.openIdProvider(arn)?.tags),
  ]

/** Providers of OpenID Connect. Their keys are fetched and checked by TLS: thumbprints are kept, and not used, as on AWS. */
export const openIdProviders = {
  CreateOpenIDConnectProvider: {
    action: ({ Url, ...given }, { account }) => [
      'iam:CreateOpenIDConnectProvider',
      arnOf(account, nameOf(Url)),
      requestKeys(given),
    ],
    run({ Url, ClientIDList = [], ThumbprintList = [], Tags }, { store, account, ground }) {
      const name = nameOf(Url)
      checkClients(ClientIDList)
      for (const thumbprint of ThumbprintList)
        if (!/^[0-9a-fA-F]{40}$/.test(thumbprint)) throw invalidInput('Thumbprint must be 40 hexadecimal digits.')
      const arn = arnOf(account, name)
      if (store.openIdProvider(arn)) throw exists(`Provider with url ${Url} already exists.`)
      const tags = checkTags(Tags)
      store.putOpenIdProvider({
        ...{ account, arn, name, clients: [...new Set(ClientIDList)], thumbprints: ThumbprintList, tags },
        created: ground.clock.now(),
      })
      return { OpenIDConnectProviderArn: arn, Tags: tags }
    },
  },
  GetOpenIDConnectProvider: {
    action: onProvider('GetOpenIDConnectProvider'),
    run(input, call) {
      const { name, clients, thumbprints, created, tags } = theProvider(input, call)
      return {
        Url: name,
        ClientIDList: clients,
        ThumbprintList: thumbprints,
        CreateDate: new Date(created),
        Tags: tags,
      }
    },
  },
  ListOpenIDConnectProviders: {
    action: (_, { account }) => ['iam:ListOpenIDConnectProviders', `arn:aws:iam::${account}:oidc-provider/*`],
    run: (_, { store, account }) => ({
      OpenIDConnectProviderList: store.openIdProviders(account).map(({ arn }) => ({ Arn: arn })),
    }),
  },
  AddClientIDToOpenIDConnectProvider: {
    action: onProvider('AddClientIDToOpenIDConnectProvider'),
    run(input, call) {
      const provider = theProvider(input, call)
      const clients = [...new Set([...provider.clients, input.ClientID])]
      checkClients(clients)
      call.store.putOpenIdProvider({ ...provider, clients })
      return {}
    },
  },
  RemoveClientIDFromOpenIDConnectProvider: {
    action: onProvider('RemoveClientIDFromOpenIDConnectProvider'),
    run(input, call) {
      const provider = theProvider(input, call)
      call.store.putOpenIdProvider({ ...provider, clients: provider.clients.filter((id) => id !== input.ClientID) })
      return {}
    },
  },
  TagOpenIDConnectProvider: {
    action: ({ Tags, ...provider }, call) => {
      const [action, arn, keys] = onProvider('TagOpenIDConnectProvider')(provider, call)
      return [action, arn, { ...keys, ...requestKeys({ Tags }) }]
    },
    run(input, call) {
      const provider = theProvider(input, call)
      call.store.putOpenIdProvider({ ...provider, tags: withTags(provider.tags, checkTags(input.Tags)) })
      return {}
    },
  },
  UntagOpenIDConnectProvider: {
    action: ({ TagKeys, ...provider }, call) => {
      const [action, arn, keys] = onProvider('UntagOpenIDConnectProvider')(provider, call)
      return [action, arn, { ...keys, 'aws:TagKeys': TagKeys }]
    },
    run(input, call) {
      const provider = theProvider(input, call)
      call.store.putOpenIdProvider({ ...provider, tags: withoutTags(provider.tags, input.TagKeys) })
      return {}
    },
  },
  ListOpenIDConnectProviderTags: {
    action: onProvider('ListOpenIDConnectProviderTags'),
    run(input, call) {
      const { shown, ...rest } = page(theProvider(input, call).tags, ({ Key }) => Key, input)
      return { Tags: shown, ...rest }
    },
  },
  DeleteOpenIDConnectProvider: {
    action: onProvider('DeleteOpenIDConnectProvider'),
    run(input, call) {
      call.store.removeOpenIdProvider(theProvider(input, call))
      return {}
    },
  },
} satisfies Operations
