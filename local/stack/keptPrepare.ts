import { hashOf, keep, readKept } from './kept.ts'
import { keptReader } from './keptReader.ts'
import type { Outside } from './outside.ts'
import { type Prepared, type PrepareOptions, prepare, type Wanted } from './prepare.ts'
import { createSource, type Dict, nodesOf, type Source } from './source.ts'

declare global {
  interface ImportMeta {
    /** The hash of the file that a module was made a part of (`scripts/compiled.cjs`); none where the sources run. */
    readonly build?: string
  }
}

/** A smaller text is prepared faster than it is looked for, in characters. */
const SMALL = 20_000

/** What was made of a template, its spots empty; `answers` of the outside by question. */
interface Kept extends Omit<Wanted, 'scope'> {
  answers: Record<string, unknown>
  mappings: Record<string, Dict>
  conditions: Record<string, boolean | undefined>
  extensions: boolean
}

const ASKS: Record<string, (outside: Outside, path: string) => unknown> = {
  folder: (outside, path) => outside.isFolder(path),
  text: (outside, path) => hashOf(outside.textOf(path)),
}

/** Notes what is asked. A time is another one the next time: what depends on it is not kept. */
const noting = (outside: Outside, answers: Map<string, unknown>): Outside => {
  const note = (kind: 'folder' | 'text', path: string) => answers.set(`${kind} ${path}`, ASKS[kind]?.(outside, path))
  return {
    now() {
      answers.set('time', undefined)
      return outside.now()
    },
    textOf(path) {
      note('text', path)
      return outside.textOf(path)
    },
    isFolder(path) {
      note('folder', path)
      return outside.isFolder(path)
    },
  }
}

const sameAnswers = ({ answers }: Kept, outside: Outside): boolean =>
  Object.entries(answers).every(([question, before]) => {
    const [, kind = '', path = ''] = /^(\w+) (.*)$/s.exec(question) ?? []
    try {
      return ASKS[kind]?.(outside, path) === before
    } catch {
      return false // a file that is gone
    }
  })

const isTrue = (value: unknown) => String(value).toLowerCase() === 'true'

/** What is kept of a template; nothing where it has secrets that were given, or depends on the time. */
const toKeep = (prepared: Prepared, given: Record<string, string>, answers: Map<string, unknown>): Kept | undefined => {
  const { template, scope, parameters, description } = prepared
  if (answers.has('time') || Object.keys(given).some((name) => isTrue(template.parameters[name]?.NoEcho)))
    return undefined
  return {
    answers: Object.fromEntries(answers),
    ...(description === undefined ? {} : { description }),
    parameters,
    targets: prepared.targets.map((target) => ({ ...target, spot: {} })),
    outputs: prepared.outputs.map((output) => ({ ...output, spot: {} })),
    mappings: scope.mappings,
    conditions: Object.fromEntries(Object.keys(template.conditions).map((name) => [name, scope.condition(name)])),
    extensions: scope.extensions,
  }
}

const revived = (kept: Kept, { pseudo }: PrepareOptions, source: Source): Wanted => {
  const { mappings, conditions, extensions, ...wanted } = kept
  const { parameters } = wanted
  return {
    ...wanted,
    scope: {
      source,
      values: { ...pseudo, ...parameters.values },
      mappings,
      extensions,
      inConditions: false,
      condition: (name) => (Object.hasOwn(conditions, name) ? conditions[name] : undefined),
    },
  }
}

/** Gives what was kept the places of what was just prepared from the same template. */
const place = (wanted: Wanted, fresh: Wanted, source: Source): void => {
  const pair = (one: Wanted['targets' | 'outputs'], other: Wanted['targets' | 'outputs']) => {
    for (const [index, { spot, ...rest }] of one.entries()) {
      const { spot: to, ...same } = other[index] as (typeof other)[number]
      source.carry(spot, to)
      const nodes = nodesOf(same)
      for (const [at, node] of nodesOf(rest).entries()) source.carry(node, nodes[at])
    }
  }
  pair(fresh.targets, wanted.targets)
  pair(fresh.outputs, wanted.outputs)
}

/**
 * `prepare` that keeps in a folder what it made, by the hash of the text, of all that is given, and of the code itself, as
 * long as what it looked at beside the template is the same. Without a hash of the code only what the text says is kept.
 */
export const keptPrepare =
  (folder: string, build = import.meta.build) =>
  (options: PrepareOptions & { file: string; outside: Outside }): Wanted => {
    const { text, file, given, pseudo, outside } = options
    const read = keptReader(folder)
    // Each new stack has another id.
    if (build === undefined || text.length < SMALL || text.includes('AWS::StackId'))
      return prepare({ ...options, read })
    const { 'AWS::StackId': _, ...same } = pseudo
    const prepared = `${folder}-prepared`
    const name = `${hashOf(build, file, JSON.stringify([given, same]), text)}.json`
    const kept = readKept(prepared, name) as Kept | undefined
    if (!kept || !sameAnswers(kept, outside)) {
      const answers = new Map<string, unknown>()
      const made = prepare({ ...options, read, outside: noting(outside, answers) })
      const keeping = toKeep(made, given, answers)
      if (keeping) keep(prepared, name, keeping)
      return made
    }
    const source = createSource(file)
    const wanted = revived(kept, options, source)
    source.placeLater(undefined, () => place(wanted, prepare({ ...options, source }), source))
    return wanted
  }
