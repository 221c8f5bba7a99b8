import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { build } from 'esbuild'
import { Mistake } from '../../local/base/errors.ts'

/** A file of a website, ready to be served. */
export interface PageFile {
  bytes: Buffer
  contentType: string
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** The scripts that a page asks for, `page.js`, each made from the TypeScript of that name. */
const scriptsIn = (html: string): string[] =>
  [...html.matchAll(/<script\b[^>]*\bsrc="([\w-]+)\.js"/g)].map((match) => match[1] ?? '')

/**
 * The files of a chapter's pages by their names: the scripts that the pages ask for, from .ts or .tsx, and the style
 * sheets are bundled for browsers, the rest is as it stands in the folder.
 * @param folder `chapters/05-standalone-functions/web`, as a path that can be opened
 * @throws Mistake for a script that cannot be bundled
 */
export const pagesOf = async (folder: string): Promise<Map<string, PageFile>> => {
  const files = new Map<string, PageFile>()
  const scripts = new Set<string>()
  const styles: string[] = []
  for (const name of readdirSync(folder).sort()) {
    const contentType = TYPES[extname(name)]
    if (!contentType || name === 'tsconfig.json') continue
    if (extname(name) === '.css') styles.push(`./${name}`)
    const bytes = readFileSync(join(folder, name))
    files.set(name, { bytes, contentType })
    if (extname(name) === '.html') for (const script of scriptsIn(bytes.toString())) scripts.add(script)
  }
  const built = await build({
    absWorkingDir: folder,
    entryPoints: [...[...scripts].map((name) => `./${name}`), ...styles],
    bundle: true,
    external: ['*.svg', '*.png', '*.jpg', '*.webp', '*.woff2'],
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    outdir: folder,
    write: false,
    logLevel: 'silent',
  }).catch((error: Error) => {
    throw new Mistake(`The pages in ${folder} cannot be bundled: ${error.message}`)
  })
  for (const { path, contents } of built.outputFiles)
    files.set(path.slice(folder.length + 1), { bytes: Buffer.from(contents), contentType: TYPES[extname(path)] ?? '' })
  return files
}
