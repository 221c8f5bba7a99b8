import { ServiceError } from '../../base/errors.ts'
import { anywhere, invalid, type Operations, type SesCall } from './names.ts'
import { checkTemplate, renderTemplate, templateMissing } from './render.ts'
import type { MailTemplate } from './store.ts'

const LARGEST = 500 * 1024

interface Given {
  TemplateName: string | undefined
  SubjectPart?: string
  TextPart?: string
  HtmlPart?: string
}

const templateOf = async (given: Given, created: number): Promise<MailTemplate> => {
  const { TemplateName: name = '', SubjectPart: subject = '', TextPart: text, HtmlPart: html } = given
  if (!/^[\w-]{1,64}$/.test(name))
    throw invalid('Template name must hold 1 to 64 letters, digits, hyphens, underscores.')
  if (subject === '') throw new ServiceError('InvalidTemplate', 'Subject must be specified.', { status: 400 })
  if (Buffer.byteLength(subject + (text ?? '') + (html ?? '')) > LARGEST)
    throw new ServiceError('InvalidTemplate', `A template has at most ${LARGEST} bytes.`, { status: 400 })
  const template = { name, subject, text, html, created }
  await checkTemplate(template)
  return template
}

const theTemplate = (name: string, { store, account, region }: SesCall): MailTemplate => {
  const template = store.template({ account, region }, name)
  if (!template) throw templateMissing(name)
  return template
}

export const templates = {
  CreateTemplate: {
    action: anywhere('CreateTemplate'),
    async run({ Template }, { store, ground, account, region }) {
      const template = await templateOf(Template as Given, ground.clock.now())
      if (store.template({ account, region }, template.name))
        throw new ServiceError('AlreadyExists', `Template ${template.name} already exists.`, { status: 400 })
      store.saveTemplate({ account, region }, template)
      return {}
    },
  },
  UpdateTemplate: {
    action: anywhere('UpdateTemplate'),
    async run({ Template }, call) {
      const { created, tags } = theTemplate(Template.TemplateName ?? '', call)
      const { account, region } = call
      const changed = await templateOf(Template as Given, created)
      call.store.saveTemplate({ account, region }, tags ? { ...changed, tags } : changed)
      return {}
    },
  },
  GetTemplate: {
    action: anywhere('GetTemplate'),
    run({ TemplateName }, call) {
      const { name, subject, text, html } = theTemplate(TemplateName, call)
      return { Template: { TemplateName: name, SubjectPart: subject, TextPart: text, HtmlPart: html } }
    },
  },
  DeleteTemplate: {
    action: anywhere('DeleteTemplate'),
    run({ TemplateName }, { store, account, region }) {
      store.removeTemplate({ account, region }, TemplateName)
      return {}
    },
  },
  ListTemplates: {
    action: anywhere('ListTemplates'),
    run({ NextToken, MaxItems = 10 }, { store, account, region }) {
      const after = NextToken === undefined ? '' : Buffer.from(NextToken, 'base64url').toString()
      const all = store.templates({ account, region }).filter(({ name }) => name > after)
      const page = all.slice(0, Math.min(MaxItems, 100))
      return {
        TemplatesMetadata: page.map(({ name, created }) => ({ Name: name, CreatedTimestamp: new Date(created) })),
        NextToken: page.length < all.length ? Buffer.from(page.at(-1)?.name ?? '').toString('base64url') : undefined,
      }
    },
  },
  TestRenderTemplate: {
    action: anywhere('TestRenderTemplate'),
    async run({ TemplateName, TemplateData }, call) {
      const { subject, text, html } = await renderTemplate(TemplateName, TemplateData, call)
      const parts = [text, html].filter((part) => part !== undefined)
      return { RenderedTemplate: [`Subject: ${subject}`, '', ...parts].join('\r\n') }
    },
  },
} satisfies Operations
