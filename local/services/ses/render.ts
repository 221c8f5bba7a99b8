import type Handlebars from 'handlebars'
import { ServiceError } from '../../base/errors.ts'
import type { SesCall } from './names.ts'
import type { MailTemplate } from './store.ts'

const refusal = (code: string, message: string) => new ServiceError(code, message, { status: 400 })

export const templateMissing = (name: string): ServiceError =>
  refusal('TemplateDoesNotExist', `Template ${name} does not exist.`)

const dataOf = (text: string): unknown => {
  try {
    const data: unknown = JSON.parse(text)
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data
  } catch {
    // answered below
  }
  throw refusal('InvalidRenderingParameter', 'Template rendering data is invalid')
}

/** A part of a template, compiled. SES leaves out none of the data that a template asks for. */
const compile = (handlebars: typeof Handlebars, source: string, html: boolean) =>
  handlebars.compile(source, { strict: true, noEscape: !html, knownHelpersOnly: true })

/** @throws ServiceError `InvalidTemplate` */
export const checkTemplate = async ({ subject, text = '', html = '' }: MailTemplate): Promise<void> => {
  const { default: handlebars } = await import('handlebars')
  for (const part of [subject, text, html])
    try {
      handlebars.precompile(part, { knownHelpersOnly: true })
    } catch (error) {
      throw refusal('InvalidTemplate', `Attribute substitution is invalid: ${(error as Error).message}`)
    }
}

/**
 * Renders a template, whose language is Handlebars ("Using templates to send personalized email"); HTML is escaped.
 * @throws ServiceError `TemplateDoesNotExist`, `InvalidRenderingParameter`, `MissingRenderingAttribute`
 */
export const renderTemplate = async (
  name: string,
  data: string,
  { store, account, region }: SesCall,
): Promise<{ subject: string; text?: string; html?: string }> => {
  const template = store.template({ account, region }, name)
  if (!template) throw templateMissing(name)
  const values = dataOf(data)
  const { default: handlebars } = await import('handlebars')
  const render = (source: string | undefined, html: boolean) => {
    if (source === undefined) return undefined
    try {
      return compile(handlebars, source, html)(values)
    } catch (error) {
      const missing = /^"(.*?)" not defined/.exec((error as Error).message)?.[1]
      if (missing === undefined) throw refusal('InvalidRenderingParameter', (error as Error).message)
      throw refusal('MissingRenderingAttribute', `Attribute '${missing}' is not present in the rendering data.`)
    }
  }
  const [text, html] = [render(template.text, false), render(template.html, true)]
  return { subject: render(template.subject, false) ?? '', ...(text && { text }), ...(html && { html }) }
}
