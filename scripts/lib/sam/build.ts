import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Mistake } from '../../../local/base/errors.ts'
import { root, templateFile } from '../application.ts'
import { templateOfChapter, templateWith } from './chapter.ts'
import type { SamCall } from './local.ts'
import { optionValue, without } from './options.ts'

const TEMPLATE = ['-t', '--template', '--template-file']

/** The template that SAM is to build. @throws Mistake when there is no such chapter, or the template is broken */
const templateFor = (given: readonly string[]): string => {
  const text = readFileSync(templateFile, 'utf8')
  if (!given.some((arg) => arg === '--chapter' || arg.startsWith('--chapter='))) return templateWith(text)
  const chapter = optionValue(given, '--chapter') ?? ''
  if (!/^\d{1,2}$/.test(chapter))
    throw new Mistake(`--chapter takes a chapter's number, like 05: what is "${chapter}"?`)
  return templateOfChapter(text, chapter.padStart(2, '0'))
}

/**
 * `sam build …`, of the template as JSON: SAM reads its YAML three times, which is half of what the build of one function
 * takes. With `--chapter 05` it is a template that has that chapter alone, and what it needs of earlier ones.
 * @throws Mistake when there is no such chapter
 */
export const samBuild = (given: string[]): SamCall => {
  const isOther = optionValue(given, ...TEMPLATE) !== undefined
  if (isOther && optionValue(given, '--chapter') !== undefined)
    throw new Mistake('--chapter is a part of template.yaml: it cannot be given beside another template.')
  if (isOther) return { args: ['build', ...given], env: {}, end() {} }
  const text = templateFor(given)
  const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-build-'))
  const file = join(folder, 'template.yaml')
  writeFileSync(file, text)
  const place = ['--template-file', file, '--base-dir', root, '--config-file', join(root, 'samconfig.toml')]
  return {
    args: ['build', ...place, ...without(given, '--chapter')],
    env: {},
    end: () => rmSync(folder, { recursive: true, force: true }),
  }
}
