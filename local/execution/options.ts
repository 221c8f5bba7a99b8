import type { BuildOptions } from 'esbuild'
import { RuntimeError } from './errors.ts'

type Kind = 'value' | 'commas' | 'list' | 'pairs' | 'ours'

/**
 * The esbuild options that a template may set, by SAM's name, and how SAM hands them on: as one value, as a list joined
 * by commas (`--main-fields=a,b`), as a flag for each item (`--external:a`) or for each pair (`--loader:.a=text`).
 */
const KINDS: Record<string, Kind> = {
  EntryPoints: 'ours',
  Sourcemap: 'ours',
  Target: 'commas',
  MainFields: 'commas',
  Conditions: 'commas',
  ResolveExtensions: 'commas',
  External: 'list',
  Inject: 'list',
  Pure: 'list',
  Drop: 'list',
  Loader: 'pairs',
  OutExtension: 'pairs',
  Banner: 'pairs',
  Footer: 'pairs',
  Define: 'pairs',
  Alias: 'pairs',
  ...Object.fromEntries(
    [
      ...['Format', 'Platform', 'Minify', 'MinifyWhitespace', 'MinifyIdentifiers', 'MinifySyntax', 'KeepNames'],
      ...['SourcesContent', 'LegalComments', 'Charset', 'TreeShaking', 'IgnoreAnnotations', 'Packages'],
      ...['PreserveSymlinks', 'Tsconfig', 'LineLimit', 'MangleProps', 'ReserveProps', 'AssetNames', 'PublicPath'],
    ].map((name) => [name, 'value' as const]),
  ),
}

const refuse = (name: string, expected: string, given: unknown): never => {
  throw new RuntimeError(
    'Runtime.UserCodeSyntaxError',
    `BuildProperties.${name}: expected ${expected}, given ${JSON.stringify(given)}`,
  )
}

const texts = (name: string, value: unknown): string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? value
    : refuse(name, 'a list of strings', value)

/** `['.js=.mjs']`, or a mapping, becomes `{ '.js': '.mjs' }`. */
const pairs = (name: string, value: unknown): Record<string, string> => {
  if (value && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, string>
  return Object.fromEntries(
    texts(name, value).map((item) => {
      const at = item.indexOf('=')
      return at < 0 ? refuse(name, 'NAME=VALUE', item) : [item.slice(0, at), item.slice(at + 1)]
    }),
  )
}

/** `True` and `'true'` both come out of templates. */
const plain = (value: unknown) => (value === 'true' ? true : value === 'false' ? false : value)

/**
 * Turns `Metadata.BuildProperties` of a template into what esbuild takes, with SAM's defaults (bundle for node, target
 * es2020, CommonJS, minified). Source: AWS SAM, "Building Node.js Lambda functions with esbuild".
 */
export const esbuildOptions = (build: Record<string, unknown>): BuildOptions => {
  const options: Record<string, unknown> = {
    bundle: true,
    platform: 'node',
    target: 'es2020',
    format: 'cjs',
    minify: true,
  }
  for (const [name, value] of Object.entries(build)) {
    const option = name.charAt(0).toLowerCase() + name.slice(1)
    switch (KINDS[name]) {
      case 'value':
        options[option] = plain(value)
        break
      case 'commas':
        options[option] = Array.isArray(value) ? texts(name, value) : String(value).split(',')
        break
      case 'list':
        options[option] = texts(name, value)
        break
      case 'pairs':
        options[option] = pairs(name, value)
        break
      case 'ours':
        break
      default:
        refuse(name, `one of ${Object.keys(KINDS).join(', ')}`, name)
    }
  }
  return options
}
