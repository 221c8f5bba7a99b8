import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { parseDocument } from 'yaml'
import { Mistake } from '../../local/base/errors.ts'
import { root, templateFile } from './application.ts'
import { pagesOf } from './pages.ts'
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

/** Names of the Outputs of a chapter: those with its condition in the template. */
const outputNames = (chapter: string): string[] => {
  // CloudFormation's tags are left unresolved here: names and conditions are plain text.
  const document = parseDocument(readFileSync(templateFile, 'utf8'), { logLevel: 'silent' })
  const { Outputs = {} } = document.toJS() as { Outputs?: Record<string, { Condition?: string }> }
  return Object.keys(Outputs).filter((name) => Outputs[name]?.Condition === `Chapter${chapter}`)
}

/** The Outputs of a chapter in a stack, by name. @throws Mistake when the stack cannot be asked. */
const outputsOf = async (chapter: string, stack: string, target: Target): Promise<Record<string, string>> => {
  const client = new CloudFormationClient({ ...target, maxAttempts: 1 })
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack })).catch(failed)
  const names = outputNames(chapter)
  const outputs: Record<string, string> = {}
  for (const { OutputKey = '', OutputValue = '' } of Stacks[0]?.Outputs ?? [])
    if (names.includes(OutputKey)) outputs[OutputKey] = OutputValue
  return outputs
}

/** The stack of a chapter: that of the local cloud, or else the one of the chapter's environment in samconfig.toml. */
const stackOf = async (chapter: string, target: Target): Promise<string> => {
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
 * Outputs by name, the region and, for the local cloud, its endpoint.
 * @param stack another stack than that of the local cloud or of the chapter's environment in samconfig.toml
 * @throws Mistake when chapter, pages, stack or bucket are not there
 */
export const publish = async (chapter: string, target: Target, stack?: string): Promise<Published> => {
  const files = await pagesOf(webFolder(chapter))
  const name = stack ?? (await stackOf(chapter, target))
  const outputs = await outputsOf(chapter, name, target)
  const bucket = outputs[`Site${chapter}`]
  if (!bucket) throw new Mistake(`The stack ${name} has no Output Site${chapter}: is chapter ${chapter} deployed?`)
  const { region, endpoint } = target
  const config = { ...outputs, Region: region, ...(endpoint ? { Endpoint: endpoint } : {}) }
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
