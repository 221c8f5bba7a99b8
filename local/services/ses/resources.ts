import type { Resource, ResourceType } from '../service.ts'
import type { SesStore } from './store.ts'

const named = ({ properties }: Resource) => (properties as { EmailIdentity: string }).EmailIdentity

/** `AWS::SES::EmailIdentity`: Ref is the address or domain. */
const emailIdentity: ResourceType<SesStore> = {
  properties: ['EmailIdentity'],
  replacedBy: ['EmailIdentity'],
  async create(resource, call) {
    const EmailIdentity = named(resource)
    await call.cloud('sesv2').CreateEmailIdentity({ EmailIdentity })
    return { physicalId: EmailIdentity }
  },
  update: async (_, before) => ({ physicalId: before.physicalId }),
  async delete(resource, call) {
    await call.cloud('ses').DeleteIdentity({ Identity: named(resource) })
  },
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
  properties: ['Template'],
  async create(resource, call) {
    const Template = templateOf(resource, resource.physicalId)
    await call.cloud('ses').CreateTemplate({ Template })
    return { physicalId: Template.TemplateName, attributes: { Id: Template.TemplateName } }
  },
  async update(resource, { physicalId }, call) {
    const Template = templateOf(resource, physicalId)
    const { TemplateName } = Template
    if (TemplateName === physicalId) await call.cloud('ses').UpdateTemplate({ Template })
    else {
      await call.cloud('ses').CreateTemplate({ Template })
      await call.cloud('ses').DeleteTemplate({ TemplateName: physicalId })
    }
    return { physicalId: TemplateName, attributes: { Id: TemplateName } }
  },
  async delete(resource, call) {
    const { TemplateName } = templateOf(resource, resource.physicalId)
    await call.cloud('ses').DeleteTemplate({ TemplateName })
  },
}

export const resources = { 'AWS::SES::EmailIdentity': emailIdentity, 'AWS::SES::Template': template }
