import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { parseDocument } from 'yaml'
import { Mistake } from '../../local/base/errors.ts'
import { root, templateFile } from './application.ts'
import { type PageFile, pagesOf } from './pages.ts'
import { failed } from './run.ts'
import type { Target } from './target.ts'

/** The pages of a chapter. @throws Mistake when there is no such chapter, or it has none. */
export const webFolder = (chapter: string): string => {
  const name = readdirSync(join(root, 'chapters')).find((folder) => folder.startsWith(`${chapter}-`))
  if (!name) throw new Mistake(`There is no chapter ${chapter}.`)
  const folder = join(root, 'chapters', name, 'web')
  if (!existsSync(folder)) throw new Mistake(`Chapter ${chapter} has no pages: there is no chapters/${name}/web.`)
  return folder
}

/** The chapter of each Output of the template: that of its condition, `07`. */
const chaptersOfOutputs = (): Record<string, string> => {
  // CloudFormation's tags are left unresolved here: names and conditions are plain text.
  const document = parseDocument(readFileSync(templateFile, 'utf8'), { logLevel: 'silent' })
  const { Outputs = {} } = document.toJS() as { Outputs?: Record<string, { Condition?: string }> }
  return Object.fromEntries(
    Object.entries(Outputs).map(([name, { Condition = '' }]) => [name, Condition.slice('Chapter'.length)]),
  )
}

/** The Outputs of a stack, by name. @throws Mistake when the stack cannot be asked. */
export const outputsOf = async (stack: string, target: Target): Promise<Record<string, string>> => {
  const client = new CloudFormationClient({ ...target, maxAttempts: 1 })
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack })).catch(failed)
  return Object.fromEntries(
    (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  )
}

/** The stack of a chapter: that of the local cloud, or else the one of the chapter's environment in samconfig.toml. */
export const stackOf = async (chapter: string, target: Target): Promise<string> => {
  const own = `lambda-in-action-ch${chapter}`
  if (!target.endpoint) return own
  const client = new CloudFormationClient({ ...target, maxAttempts: 1 })
  const isThere = await client.send(new DescribeStacksCommand({ StackName: 'local' })).then(
    () => true,
    () => false,
  )
  return isThere ? 'local' : own
}

export interface Published {
  bucket: string
  /** Where the pages are now. */
  address: string
  /** The names of the files. */
  files: string[]
}

/**
 * Puts a chapter's pages to the bucket that its Output `SiteNN` names, with a `config.json` that holds the chapter's
 * Outputs by name, the region and, for the local cloud, its endpoint. Chapters whose Outputs name the same bucket share
 * one website: it gets the pages and the Outputs of all of them, a later chapter's page in place of an earlier one's.
 * @param stack another stack than that of the local cloud or of the chapter's environment in samconfig.toml
 * @throws Mistake when chapter, pages, stack or bucket are not there
 */
export const publish = async (chapter: string, target: Target, stack?: string): Promise<Published> => {
  webFolder(chapter) // what is missing there is said first
  const name = stack ?? (await stackOf(chapter, target))
  const outputs = await outputsOf(name, target)
  const bucket = outputs[`Site${chapter}`]
  if (!bucket) throw new Mistake(`The stack ${name} has no Output Site${chapter}: is chapter ${chapter} deployed?`)
  const of = chaptersOfOutputs()
  const chapters = [...new Set(Object.values(of))].sort().filter((one) => outputs[`Site${one}`] === bucket)
  const files = new Map<string, PageFile>()
  for (const one of chapters) for (const [file, page] of await pagesOf(webFolder(one))) files.set(file, page)
  const { region, endpoint } = target
  const own = Object.entries(outputs).filter(([output]) => chapters.includes(of[output] ?? ''))
  const config = { ...Object.fromEntries(own), Region: region, ...(endpoint ? { Endpoint: endpoint } : {}) }
  const bytes = Buffer.from(`${JSON.stringify(config, undefined, 2)}\n`)
  files.set('config.json', { bytes, contentType: 'application/json' })
  const s3 = new S3Client({ ...target, maxAttempts: 1 })
  for (const [Key, { bytes: Body, contentType: ContentType }] of files) {
    // Names say nothing of what they hold: browsers ask each time whether it has changed.
    const put = new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType, CacheControl: 'no-cache' })
    await s3.send(put).catch((error: Error) => {
      throw new Mistake(`${Key} cannot be put to ${bucket}: ${error.name}: ${error.message}`)
    })
  }
  s3.destroy()
  return { bucket, address: outputs[`Site${chapter}Url`] ?? addressOf(bucket, target), files: [...files.keys()] }
}

/** Regions whose website endpoints have a dash where later ones have a dot ("Amazon S3 website endpoints"). */
const DASHED = /^(us-east-1|us-west-[12]|ap-southeast-[12]|ap-northeast-1|eu-west-1|sa-east-1|us-gov-west-1)$/

const addressOf = (bucket: string, { region, endpoint }: Target): string =>
  endpoint
    ? `http://${bucket}.s3-website.localhost:${new URL(endpoint).port}`
    : `http://${bucket}.s3-website${DASHED.test(region) ? '-' : '.'}${region}.amazonaws.com`
