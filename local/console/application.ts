import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sampleText } from '../base/samples.ts'
import type { PolicySource } from '../iam/types.ts'
import type { LambdaFunction } from '../services/lambda/types.ts'
import { refused } from './answers.ts'
import type { ConsoleStack } from './nodes.ts'
import type { Chapter, FunctionDetail, SampleEvent } from './types.ts'

/** The folder that a function's code comes from; none for a package that was uploaded. */
const folderOf = ({ code }: LambdaFunction): string | undefined => (code.kind === 'package' ? undefined : code.folder)

/** `05` of `chapters/05-standalone-functions`; empty for code that lies elsewhere. */
export const chapterOf = (fn: LambdaFunction): string => /^(\d\d)-/.exec(basename(folderOf(fn) ?? ''))?.[1] ?? ''

/** The function's name in the book, which is its file's: `greetingsOnDemand`. */
const fileOf = ({ configuration }: LambdaFunction): string => configuration.handler.split('.')[0] ?? ''

/** What functions are called in the book, by their own names; where several run the same file, each by its own. */
export const calledIn = (functions: readonly LambdaFunction[]): ReadonlyMap<string, string> => {
  const inBook = functions.filter((fn) => chapterOf(fn) !== '' && fileOf(fn) !== '')
  return new Map(
    [...Map.groupBy(inBook, (fn) => `${folderOf(fn)} ${fileOf(fn)}`).values()].flatMap(([fn, ...more]) =>
      fn && more.length === 0 ? [[fn.name, fileOf(fn)] as const] : [],
    ),
  )
}

const readmeOf = (fn: LambdaFunction): string => {
  const readme = join(folderOf(fn) ?? '', 'README.md')
  return existsSync(readme) ? readFileSync(readme, 'utf8') : ''
}

/** The files of a function's sample events, by case: in the order in which the chapter's README takes them, then by name. */
export const sampleFiles = (fn: LambdaFunction): Map<string, string> => {
  const folder = folderOf(fn)
  const events = folder === undefined ? '' : join(folder, 'events')
  if (!events || !existsSync(events)) return new Map()
  const start = `${fileOf(fn)}.`
  const lines = readmeOf(fn).split('\n')
  const turnOf = (name: string) => {
    const at = lines.indexOf(`$ npm run invoke -- ${fileOf(fn)} ${name}`)
    return at < 0 ? lines.length : at
  }
  return new Map(
    readdirSync(events)
      .filter((file) => file.startsWith(start) && file.endsWith('.json'))
      .sort()
      .map((file) => file.slice(start.length, -'.json'.length))
      .map((name) => ({ name, turn: turnOf(name) }))
      .sort((one, other) => one.turn - other.turn)
      .map(({ name }) => [name, join(events, `${start}${name}.json`)]),
  )
}

/** The heading of the folder's README, `# 3 · Your function as a web API`, or the folder's name in words. */
const titleOf = (fn: LambdaFunction): string => {
  const folder = folderOf(fn) ?? ''
  const [, heading] = /^# (?:\d+ · )?(.+)$/m.exec(readmeOf(fn)) ?? []
  if (heading) return heading
  const words = basename(folder)
    .replace(/^\d\d-/, '')
    .replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The chapters in their order, and what belongs to none at the end. */
export const chaptersOf = (functions: readonly LambdaFunction[], stacks: readonly ConsoleStack[]): Chapter[] => {
  const called = calledIn(functions)
  const outputs = stacks.flatMap((stack) => Object.entries(stack.outputs))
  const pagesOf = (id: string) =>
    outputs
      .filter(([name, { value }]) => name === `Site${id}Url` && /^https?:/.test(value))
      .map(([name, { value, description }]) => ({ name: description ?? name, url: value }))
  return [...Map.groupBy(functions, chapterOf)]
    .sort(([one], [other]) => Number(one === '') - Number(other === '') || one.localeCompare(other))
    .map(([id, members]) => ({
      id,
      title: id && members[0] ? titleOf(members[0]) : 'Other functions',
      functions: members.map((fn) => ({
        name: fn.name,
        called: called.get(fn.name) ?? fn.name,
        description: fn.configuration.description,
        events: [...sampleFiles(fn).keys()],
      })),
      pages: id ? pagesOf(id) : [],
    }))
}

const samplesOf = (fn: LambdaFunction, url: string): SampleEvent[] =>
  [...sampleFiles(fn)].map(([name, file]) => ({ name, text: sampleText(readFileSync(file, 'utf8'), url) }))

export const detailOf = (
  fn: LambdaFunction,
  called: string,
  policies: readonly PolicySource[],
  url: string,
): FunctionDetail => {
  const { description, memory, timeout, environment, role } = fn.configuration
  const chapter = chapterOf(fn)
  return {
    ...{ name: fn.name, called, arn: fn.arn, description, memory, timeout, role },
    ...(chapter ? { chapter } : {}),
    environment: Object.keys(environment),
    policies: policies.map(({ name, policy }) => ({ name, policy })),
    events: samplesOf(fn, url),
  }
}

/** @throws ServiceError (404) */
export const functionNamed = (functions: readonly LambdaFunction[], name: string): LambdaFunction => {
  const fn = functions.find((one) => one.name === name)
  if (!fn) throw refused(404, `There is no function ${name}.`)
  return fn
}
