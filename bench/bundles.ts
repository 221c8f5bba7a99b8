import { fork } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { parse } from 'yaml'
import { esbuildOptions } from '../local/execution/options.ts'
import { functionsOf, root, type TemplateFunction, templateFile } from '../scripts/lib/application.ts'
import { compare } from './figures.ts'
import { type Row, row } from './results.ts'

/** The template as YAML has it: of an intrinsic function what stands behind its name. */
const readTemplate = () => parse(readFileSync(templateFile, 'utf8'), { logLevel: 'silent' })

/** The template's own settings for esbuild. */
const settings = (template = readTemplate()): BuildOptions =>
  esbuildOptions(template.Metadata.Bundle.esbuild.BuildProperties)

const SDK_IMPORT = /import \{([^}]*)\} from '(@aws-sdk\/[^']+)'/g

/** What a handler that does nothing looks like with the clients and commands of the SDK that these sources import. */
const emptyHandler = (sources: readonly string[]): string => {
  const names = new Map<string, string>()
  for (const source of sources)
    for (const [, list = '', from = ''] of source.matchAll(SDK_IMPORT))
      for (const name of list.split(',').map((one) => one.trim()))
        if (name && !name.startsWith('type ')) names.set(name, from)
  const imports = [...names].map(([name, from]) => `import { ${name} } from '${from}'`)
  const clients = [...names.keys()].filter((name) => /^(?!.*Document).*Client$/.test(name))
  return [
    ...imports,
    `const made = [${clients.map((client) => `new ${client}()`).join(', ')}]`,
    `export const handler = async () => [made, ${[...names.keys()].join(', ')}].length`,
  ].join('\n')
}

export interface Built {
  /** Path of the handler's bundle. */
  file: string
  /** Bytes of all files. */
  size: number
}

/** Bundles a function as `sam build` does, and beside it an empty handler with the same clients. */
const buildBoth = async (one: TemplateFunction, folder: string, options: BuildOptions) => {
  // Where `sam build` runs esbuild: the template's aliases are seen from there.
  const absWorkingDir = resolve(root, one.folder)
  const write = async (name: string, entry: BuildOptions) => {
    const outfile = join(folder, name, 'index.mjs')
    const { outExtension: _, ...rest } = options
    const { metafile } = await build({
      ...rest,
      ...entry,
      outfile,
      metafile: true,
      absWorkingDir,
      logLevel: 'error',
    })
    const size = Object.values(metafile?.outputs ?? {}).reduce((sum, { bytes }) => sum + bytes, 0)
    return { file: outfile, size, inputs: Object.keys(metafile?.inputs ?? {}) }
  }
  const ours = await write(one.logicalId, { entryPoints: [`${one.name}.ts`] })
  const own = ours.inputs.filter((path) => !path.includes('node_modules'))
  const contents = emptyHandler(own.map((path) => readFileSync(resolve(absWorkingDir, path), 'utf8')))
  const stdin = { contents, resolveDir: root, loader: 'ts' as const }
  return { ours, empty: await write(`${one.logicalId}Empty`, { stdin }), usesSdk: contents.includes("from '@aws-sdk/") }
}

/** ms that a fresh process takes to import a handler. */
const initOf = (file: string): Promise<number> =>
  new Promise((done, failed) => {
    const env = { PATH: process.env.PATH, AWS_REGION: 'us-east-1', ...variables }
    const child = fork(join(import.meta.dirname, 'init.ts'), [file], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.once('message', (ms) => done(Number(ms)))
    child.once('exit', (code) => failed(new Error(`${relative(root, file)} did not load (${code})`)))
  })

/** Whatever functions of the template read from their environment, so that they load. */
const variables: Record<string, string> = {}
const readVariables = (template: ReturnType<typeof readTemplate>) => {
  /** What is written there, a parameter's default, or anything where only a stack knows. */
  const textOf = (given: unknown): string => {
    const value = template.Parameters?.[given as string]?.Default ?? given
    return typeof value === 'object' ? 'x' : String(value)
  }
  for (const { Properties } of Object.values(template.Resources) as { Properties?: Record<string, never> }[]) {
    const declared = (Properties?.Environment as { Variables?: object } | undefined)?.Variables
    for (const [name, given] of Object.entries(declared ?? {})) variables[name] = textOf(given)
  }
}

/** Puts the packages of layers where the bundles below `folder` find them. */
const copyLayers = (folder: string, template: ReturnType<typeof readTemplate>) => {
  for (const { Type, Properties } of Object.values(template.Resources) as {
    Type: string
    Properties: { ContentUri: string }
  }[])
    if (Type === 'AWS::Serverless::LayerVersion')
      cpSync(join(root, Properties.ContentUri, 'nodejs/node_modules'), join(folder, 'node_modules'), {
        recursive: true,
      })
}

const exactly = (value: number) => ({ min: value, median: value, max: value })

/** Size and init time of every function's bundle, each beside an empty handler that uses the same SDK clients. */
export const bundleRows = async (rounds: number): Promise<Row[]> => {
  // Inside the project, so that nothing is found that the deployed function would not find.
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, 'node_modules/.cache/bench-'))
  const rows: Row[] = []
  try {
    const template = readTemplate()
    const options = settings(template)
    readVariables(template)
    copyLayers(folder, template)
    for (const one of functionsOf()) {
      const { ours, empty, usesSdk } = await buildBoth(one, folder, options)
      const sizes = { ours: exactly(ours.size / 1024), peer: exactly(empty.size / 1024) }
      const compared = { ...sizes, ratio: exactly(ours.size / empty.size) }
      // An empty handler without the SDK is 0.14 KB: any that does something is larger.
      const target = usesSdk ? ({ most: 1.5, of: 'ratio' } as const) : undefined
      rows.push(row(`bundle of ${one.logicalId}`, 'KB', 'an empty handler, same SDK clients', compared, target))
      const inits = await compare(
        rounds,
        async () => [await initOf(ours.file)],
        async () => [await initOf(empty.file)],
      )
      const most = { most: 1.5, of: 'ratio', or: 10 } as const
      rows.push(row(`init of ${one.logicalId}`, 'ms', 'an empty handler, same SDK clients', inits, most))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return rows
}

/** A function's bundle as files, for a deployment package. */
export const bundleOf = async (logicalId: string): Promise<Uint8Array> => {
  const one = functionsOf().find((fn) => fn.logicalId === logicalId)
  if (!one) throw new Error(`the template has no ${logicalId}`)
  const { outExtension: _, ...options } = settings()
  const { outputFiles } = await build({
    ...options,
    entryPoints: [`${one.name}.ts`],
    outfile: 'index.mjs',
    write: false,
    absWorkingDir: resolve(root, one.folder),
  })
  const code = outputFiles?.[0]?.contents
  if (!code) throw new Error(`${logicalId} has no code`)
  return code
}
