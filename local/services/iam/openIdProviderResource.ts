import { unlessGone } from '../gone.ts'
import type { Resource, ResourceType } from '../service.ts'
import type { IamStore } from './store.ts'

interface Properties {
  Url: string
  ClientIdList?: string[]
  ThumbprintList?: string[]
  Tags?: { Key: string; Value: string }[]
}
const propertiesOf = ({ properties }: Resource) => properties as unknown as Properties

/** `AWS::IAM::OIDCProvider`: Ref is its ARN; another address is another provider. */
export const openIdProviderResource: ResourceType<IamStore> = {
  properties: ['Url', 'ClientIdList', 'ThumbprintList', 'Tags'],
  replacedBy: ['Url', 'ThumbprintList'],
  async create(resource, call) {
    const { Url, ClientIdList, ThumbprintList, Tags } = propertiesOf(resource)
    const { OpenIDConnectProviderArn: Arn = '' } = await call
      .cloud('iam')
      .CreateOpenIDConnectProvider({ Url, ClientIDList: ClientIdList, ThumbprintList, Tags })
    return { physicalId: Arn, attributes: { Arn } }
  },
  async update(resource, { physicalId: Arn, ...before }, call) {
    const [now = [], old = []] = [propertiesOf(resource).ClientIdList, propertiesOf(before as Resource).ClientIdList]
    const iam = call.cloud('iam')
    for (const ClientID of now.filter((id) => !old.includes(id)))
      await iam.AddClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn: Arn, ClientID })
    for (const ClientID of old.filter((id) => !now.includes(id)))
      await iam.RemoveClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn: Arn, ClientID })
    const { Tags = [] } = propertiesOf(resource)
    const { Tags: tagsBefore = [] } = propertiesOf(before as Resource)
    const TagKeys = tagsBefore.flatMap(({ Key }) => (Tags.some((one) => one.Key === Key) ? [] : [Key]))
    if (TagKeys.length) await iam.UntagOpenIDConnectProvider({ OpenIDConnectProviderArn: Arn, TagKeys })
    if (Tags.length) await iam.TagOpenIDConnectProvider({ OpenIDConnectProviderArn: Arn, Tags })
    return { physicalId: Arn, attributes: { Arn } }
  },
  async delete(resource, call) {
    const name = propertiesOf(resource)
      .Url.replace(/^https:\/\//, '')
      .replace(/\/$/, '')
    const OpenIDConnectProviderArn = resource.physicalId.startsWith('arn:')
      ? resource.physicalId
      : `arn:aws:iam::${call.account}:oidc-provider/${name}`
    await unlessGone(() => call.cloud('iam').DeleteOpenIDConnectProvider({ OpenIDConnectProviderArn }))
  },
}
