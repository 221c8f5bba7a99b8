import type { Resource, ResourceCall, ResourceType } from '../service.ts'
import { identityArn } from './names.ts'
import type { SesStore } from './store.ts'
import { systemTagged, templateArn } from './tags.ts'

type SesResourceCall = ResourceCall<SesStore>
type TagList = { Key: string; Value: string }[]

const named = ({ properties }: Resource) => (properties as { EmailIdentity: string }).EmailIdentity
const tagsOf = ({ properties }: Resource) => (properties.Tags ?? []) as TagList

const retagged = async (ResourceArn: string, now: TagList, before: TagList, call: SesResourceCall): Promise<void> => {
  const ses = call.cloud('sesv2')
  const TagKeys = before.flatMap(({ Key }) => (now.some((one) => one.Key === Key) ? [] : [Key]))
  const Tags = now.filter(({ Key, Value }) => !before.some((one) => one.Key === Key && one.Value === Value))
  if (TagKeys.length) await ses.UntagResource({ ResourceArn, TagKeys })
  if (Tags.length) await ses.TagResource({ ResourceArn, Tags })
}

/** `AWS::SES::EmailIdentity`: Ref is the address or domain. */
const emailIdentity: ResourceType<SesStore> = {
  properties: ['EmailIdentity', 'Tags'],
  replacedBy: ['EmailIdentity'],
  async create(resource, call) {
    const EmailIdentity = named(resource)
    await call.cloud('sesv2').CreateEmailIdentity({ EmailIdentity, Tags: tagsOf(resource) })
    return { physicalId: EmailIdentity }
  },
  async update(resource, before, call) {
    await retagged(identityArn(before.physicalId, call), tagsOf(resource), tagsOf(before), call)
    return { physicalId: before.physicalId }
  },
  async delete(resource, call) {
    await call.cloud('ses').DeleteIdentity({ Identity: named(resource) })
  },
  systemTags: ({ physicalId }, tags, call) => systemTagged(identityArn(physicalId, call), tags, call),
}

interface TemplateProperties {
  Template?: { TemplateName?: string; SubjectPart: string; TextPart?: string; HtmlPart?: string }
}
const templateOf = (resource: Resource, name: string) => {
  const { Template } = resource.properties as TemplateProperties
  return { SubjectPart: '', ...Template, TemplateName: Template?.TemplateName ?? name }
}

/** `AWS::SES::Template`: its name is its id. */
const template: ResourceType<SesStore> = {
  properties: ['Template', 'Tags'],
  async create(resource, call) {
    const Template = templateOf(resource, resource.physicalId)
    await call.cloud('ses').CreateTemplate({ Template })
    await retagged(templateArn(Template.TemplateName, call), tagsOf(resource), [], call)
    return { physicalId: Template.TemplateName, attributes: { Id: Template.TemplateName } }
  },
  async update(resource, before, call) {
    const { physicalId } = before
    const Template = templateOf(resource, physicalId)
    const { TemplateName } = Template
    const isSame = TemplateName === physicalId
    if (isSame) await call.cloud('ses').UpdateTemplate({ Template })
    else {
      await call.cloud('ses').CreateTemplate({ Template })
      await call.cloud('ses').DeleteTemplate({ TemplateName: physicalId })
    }
    await retagged(templateArn(TemplateName, call), tagsOf(resource), isSame ? tagsOf(before) : [], call)
    return { physicalId: TemplateName, attributes: { Id: TemplateName } }
  },
  async delete(resource, call) {
    const { TemplateName } = templateOf(resource, resource.physicalId)
    await call.cloud('ses').DeleteTemplate({ TemplateName })
  },
  systemTags: ({ physicalId }, tags, call) => systemTagged(templateArn(physicalId, call), tags, call),
}

export const resources = { 'AWS::SES::EmailIdentity': emailIdentity, 'AWS::SES::Template': template }
