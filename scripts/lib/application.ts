import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { Mistake } from '../../local/base/errors.ts'

/** The project's folder and its template. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const templateFile = join(root, 'template.yaml')

/** A function of the template and what belongs to it in its chapter's folder. */
export interface TemplateFunction {
  logicalId: string
  /** The handler's file and the book's name: `greetingsOnDemand`. */
  name: string
  /** `02` */
  chapter: string
  /** `chapters/02-first-function` */
  folder: string
  description: string
  condition: string | undefined
  /** Whether it may call services of AWS: it has policies, or a role of its own. */
  hasPermissions: boolean
  /** Its sample events, by case, in the order of their names: absolute paths. */
  events: Map<string, string>
}

interface RawFunction {
  Type: string
  Condition?: string
  Properties?: { CodeUri?: string; Handler?: string; Description?: string; Policies?: unknown; Role?: unknown }
}

/** The functions of the template, in its order. @throws Mistake when the template cannot be read. */
export const functionsOf = (file: string = templateFile): TemplateFunction[] => {
  // CloudFormation's tags are left unresolved here: names and folders are plain text.
  const document = parseDocument(readFileSync(file, 'utf8'), { logLevel: 'silent' })
  if (document.errors[0]) throw new Mistake(`${relative(root, file)}: ${document.errors[0].message}`)
  const resources = (document.toJS() as { Resources?: Record<string, RawFunction> }).Resources ?? {}
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::Serverless::Function')
    .map(([logicalId, { Condition, Properties = {} }]) => {
      const folder = Properties.CodeUri ?? ''
      const name = (Properties.Handler ?? '').split('.')[0] ?? ''
      return {
        logicalId,
        name,
        folder,
        chapter: basename(folder).slice(0, 2),
        description: Properties.Description ?? '',
        condition: Condition,
        hasPermissions: Properties.Policies !== undefined || Properties.Role !== undefined,
        events: eventsOf(join(dirname(file), folder, 'events'), name),
      }
    })
}

const eventsOf = (folder: string, name: string): Map<string, string> => {
  let files: string[] = []
  try {
    files = readdirSync(folder)
  } catch {
    return new Map()
  }
  return new Map(
    files
      .filter((file) => file.startsWith(`${name}.`) && file.endsWith('.json'))
      .sort()
      .map((file) => [file.slice(name.length + 1, -'.json'.length), join(folder, file)]),
  )
}

/** A function by the book's name or its logical ID. @throws Mistake that lists what there is. */
export const functionNamed = (name: string | undefined, functions = functionsOf()): TemplateFunction => {
  const found = functions.find(({ logicalId }) => logicalId === name) ?? functions.filter((one) => one.name === name)
  if (!Array.isArray(found)) return found
  if (found.length === 1 && found[0]) return found[0]
  const names = (found.length > 1 ? found : functions).map((one) => {
    const shared = functions.filter((other) => other.name === one.name).length > 1
    return `  ${one.chapter}  ${shared ? one.logicalId : one.name}`
  })
  const wrong =
    found.length > 1
      ? `Several functions share the handler ${name}: give the logical ID.`
      : name === undefined
        ? 'Which function?'
        : `There is no function "${name}".`
  throw new Mistake(`${wrong} Chapter and function:\n${names.join('\n')}`)
}

/** The sample event of a case; the first by name when none is given. @throws Mistake that lists the cases. */
export const eventNamed = (fn: TemplateFunction, given?: string): { name: string; file: string } => {
  const name = given ?? [...fn.events.keys()][0]
  const file = name === undefined ? undefined : fn.events.get(name)
  if (name !== undefined && file) return { name, file }
  const cases = [...fn.events.keys()].map((one) => `  ${one}`).join('\n')
  throw new Mistake(
    `There is no case and no file "${name ?? ''}" for ${fn.name}. Its cases in ${fn.folder}/events:\n${cases || '  none'}`,
  )
}
