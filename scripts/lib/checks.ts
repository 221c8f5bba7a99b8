import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { functionsOf, root, type TemplateFunction, templateFile } from './application.ts'
import { exercises } from './exercises.ts'
import { faultsOf, importsOf } from './imports.ts'
import { faultsOfQuestion, questionsIn, quizzes } from './quiz.ts'
import { transformed } from './transformed.ts'

/** One check of the lists against each other: what is wrong, a sentence each. */
export interface Check {
  name: string
  faults: string[]
  /** A figure worth printing. */
  note?: string
}

/** The end of support of each runtime (AWS's table "Lambda runtimes"). */
const END_OF_RUNTIME: Record<string, string> = { 'nodejs22.x': '2027-04-30', 'nodejs24.x': '2028-04-30' }
const YEAR = 365 * 24 * 3600 * 1000

/** A stack holds at most 500 resources; some room is kept. */
const MOST_RESOURCES = 480

const chapterFolders = (): string[] =>
  readdirSync(join(root, 'chapters'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `chapters/${entry.name}`)
    .sort()

const text = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '')

/** Each function: its file, chapter, condition, description and sample events fit each other. */
const functionFaults = (fn: TemplateFunction): string[] => {
  const faults: string[] = []
  const wrong = (sentence: string) => faults.push(`${fn.logicalId}: ${sentence}`)
  const source = text(`${fn.folder}/${fn.name}.ts`)
  const number = Number(fn.chapter)
  if (!source) wrong(`${fn.folder}/${fn.name}.ts is not there`)
  if (existsSync(join(root, fn.folder, 'package.json'))) wrong('its CodeUri holds a package.json')
  if (fn.condition !== `Chapter${fn.chapter}`) wrong(`its condition is ${fn.condition}, not Chapter${fn.chapter}`)
  if (!new RegExp(`^(Listing|Listings) ${number}\\.|^Chapter ${number}\\.`).test(fn.description))
    wrong(`its Description begins neither with "Listing ${number}." nor with "Chapter ${number}."`)
  const handler = /export const handler = async \(([^)]*)\)/.exec(source)
  if (source && !handler) wrong('its file exports no `handler = async (…)`')
  if (handler && (handler[1] ?? '').replace(/\{[^}]*\}|<[^>]*>|,\s*$/g, '').split(',').length > 2)
    wrong('its handler takes three parameters: the runtime refuses callback handlers')
  if (fn.events.size < 2) wrong('it has fewer than two sample events: one that succeeds, one that is refused')
  if (!text(`${fn.folder}/README.md`).includes(`\`${fn.name}\``)) wrong(`${fn.folder}/README.md does not name it`)
  return faults
}

/** Sample events whose function is not there, and folders of seeds without their event. */
const strayEvents = (functions: TemplateFunction[]): string[] =>
  chapterFolders().flatMap((folder) => {
    const events = join(root, folder, 'events')
    const known = functions.filter((fn) => fn.folder === folder).map(({ name }) => name)
    return (existsSync(events) ? readdirSync(events) : []).flatMap((file) => {
      if (!known.includes(file.split('.')[0] ?? '')) return [`${folder}/events/${file} belongs to no function`]
      if (!file.endsWith('.json') && !existsSync(join(events, `${file}.json`)))
        return [`${folder}/events/${file} has no event`]
      return []
    })
  })

/** Chapters: README, exercise, environment in samconfig.toml. */
const chapterFaults = (functions: TemplateFunction[]): string[] => {
  const samconfig = text('samconfig.toml')
  // A chapter without functions may ask questions instead.
  const withExercise = [...exercises(), ...quizzes()].map(({ chapter }) => chapter)
  return chapterFolders().flatMap((folder) => {
    const chapter = folder.slice('chapters/'.length, 'chapters/'.length + 2)
    const deployed = functions.some((fn) => fn.folder === folder)
    return [
      !text(`${folder}/README.md`) && `${folder} has no README.md`,
      !withExercise.includes(chapter) && `${folder} has neither exercise nor quiz`,
      deployed && !samconfig.includes(`[ch${chapter}.deploy.parameters]`) && `samconfig.toml has no [ch${chapter}]`,
      deployed &&
        !samconfig.includes(`"lambda-in-action-ch${chapter}"`) &&
        `samconfig.toml names no stack for ${chapter}`,
      !text('README.md').includes(`(${folder}/README.md)`) && `README.md does not list ${folder}`,
    ].filter((fault) => fault !== false)
  })
}

const exerciseFaults = (): string[] =>
  exercises().flatMap(({ chapter, starter, solutions, hint, title }) =>
    [
      !existsSync(starter) && 'no starter.ts',
      solutions.length === 0 && 'its README names no solution: [file.ts](../file.ts)',
      ...solutions.map((file) => !existsSync(file) && `its solution ${file} is not there`),
      !hint && 'no hint',
      !title && 'no title',
    ]
      .filter((fault) => fault !== false)
      .map((fault) => `exercise of chapter ${chapter}: ${fault}`),
  )

const quizFaults = (): string[] =>
  quizzes().flatMap(({ chapter, file }) => {
    const folder = chapterFolders().find((name) => name.startsWith(`chapters/${chapter}`))
    const faults = questionsIn(file).flatMap((question, index) =>
      faultsOfQuestion(question).map((fault) => `quiz of chapter ${chapter}, question ${index + 1}: ${fault}`),
    )
    if (!text(`${folder}/README.md`).includes(`npm run exercise -- ${chapter} --quiz`))
      faults.push(`${folder}/README.md does not name its quiz`)
    return faults
  })

/** Policies with `*` and no reason beside it, in the text of the template. */
const starFaults = (template: string): string[] =>
  template.split('\n').flatMap((line, index) => {
    const star = /^\s*(?:-\s*)?(?:Action|Resource|NotAction|NotResource):\s*['"]?\*['"]?\s*(#.*)?$/.exec(line)
    const wide = /^\s*(?:-\s*)?Action:\s*['"]?[a-z0-9-]+:\*['"]?\s*(#.*)?$/.exec(line)
    const found = star ?? wide
    return found && !found[1] ? [`template.yaml:${index + 1}: a * without its reason beside it: ${line.trim()}`] : []
  })

const runtimeFaults = (template: string): string[] =>
  [...new Set([...template.matchAll(/^\s*Runtime:\s*(\S+)/gm)].map((match) => match[1] ?? ''))].flatMap((runtime) => {
    const end = END_OF_RUNTIME[runtime]
    if (!end) return [`the end of the runtime ${runtime} is not known here`]
    return Date.parse(end) - Date.now() < YEAR ? [`the runtime ${runtime} ends on ${end}, in less than a year`] : []
  })

/** All checks of `npm run check`. */
export const checks = (): Check[] => {
  const functions = functionsOf()
  const template = readFileSync(templateFile, 'utf8')
  const { resources, faults } = transformed(template)
  return [
    { name: 'functions', faults: functions.flatMap(functionFaults), note: `${functions.length} in the template` },
    {
      name: 'sample events',
      faults: strayEvents(functions),
      note: `${functions.reduce((n, fn) => n + fn.events.size, 0)}`,
    },
    { name: 'chapters', faults: chapterFaults(functions), note: `${chapterFolders().length}` },
    { name: 'exercises', faults: exerciseFaults(), note: `${exercises().length}` },
    { name: 'quizzes', faults: quizFaults(), note: `${quizzes().length}` },
    { name: 'each chapter deploys alone', faults },
    { name: 'policies', faults: starFaults(template) },
    { name: 'runtimes', faults: runtimeFaults(template) },
    { name: 'imports go down', faults: faultsOf(importsOf(['chapters', 'local', 'scripts', 'tests'])) },
    {
      name: 'resources after the transform',
      faults: resources > MOST_RESOURCES ? [`${resources} are more than ${MOST_RESOURCES}`] : [],
      note: `${resources} of at most 500`,
    },
  ]
}
