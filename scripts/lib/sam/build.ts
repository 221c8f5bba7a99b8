import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Mistake } from '../../../local/base/errors.ts'
import { root, templateFile } from '../application.ts'
import { templateOfChapter } from './chapter.ts'
import type { SamCall } from './local.ts'
import { optionValue, without } from './options.ts'

/**
 * `sam build …`; with `--chapter 05` of a template that has that chapter alone, and what it needs of earlier ones.
 * @throws Mistake when there is no such chapter
 */
export const samBuild = (given: string[]): SamCall => {
  const isAsked = given.some((arg) => arg === '--chapter' || arg.startsWith('--chapter='))
  if (!isAsked) return { args: ['build', ...given], env: {}, end() {} }
  const chapter = optionValue(given, '--chapter') ?? ''
  if (!/^\d{1,2}$/.test(chapter))
    throw new Mistake(`--chapter takes a chapter's number, like 05: what is "${chapter}"?`)
  const text = templateOfChapter(readFileSync(templateFile, 'utf8'), chapter.padStart(2, '0'))
  const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-build-'))
  const file = join(folder, 'template.yaml')
  writeFileSync(file, text)
  return {
    args: [
      'build',
      '--template-file',
      file,
      '--base-dir',
      root,
      '--config-file',
      join(root, 'samconfig.toml'),
      ...without(given, '--chapter'),
    ],
    env: {},
    end: () => rmSync(folder, { recursive: true, force: true }),
  }
}
