import { ServiceError } from '../../base/errors.ts'
import { invalid } from './errors.ts'
import type { CloudFormationCall } from './names.ts'

/** Quotas of a template in bytes: in the request, and in a bucket (user guide, "Understand CloudFormation quotas"). */
const LONGEST_BODY = 51_200
const LONGEST_OBJECT = 1_000_000

export interface TemplateInput {
  TemplateBody?: string | undefined
  TemplateURL?: string | undefined
  UsePreviousTemplate?: boolean | undefined
}

/** The text of the template that a request names. @throws ServiceError ValidationError */
export const templateText = async (
  { TemplateBody, TemplateURL, UsePreviousTemplate }: TemplateInput,
  call: CloudFormationCall,
  previous?: string,
): Promise<string> => {
  const given = [TemplateBody, TemplateURL, UsePreviousTemplate || undefined].filter((one) => one !== undefined)
  if (given.length === 0) throw invalid('Either Template URL or Template Body must be specified.')
  if (given.length > 1) throw invalid('You can specify only one of TemplateBody, TemplateURL and UsePreviousTemplate.')
  if (UsePreviousTemplate) {
    if (previous === undefined) throw invalid('A previous template does not exist to use.')
    return previous
  }
  if (TemplateBody !== undefined) return fromBody(TemplateBody)
  return fromBucket(TemplateURL as string, call)
}

const fromBody = (body: string): string => {
  if (body.length === 0)
    throw invalid(
      "1 validation error detected: Value '' at 'templateBody' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
  if (Buffer.byteLength(body) > LONGEST_BODY)
    throw invalid(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST_BODY}`,
    )
  return body
}

/** Bucket and key of an address of S3: path style, the bucket before the host, or at this cloud's own door. */
const placeOf = (text: string, origin: string): { Bucket: string; Key: string; VersionId?: string } | undefined => {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  let path: string
  try {
    path = decodeURIComponent(url.pathname.slice(1))
  } catch {
    return undefined
  }
  const version = url.searchParams.get('versionId')
  const [, bucket] = /^(?:(.+)\.)?s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/.exec(url.hostname) ?? [
    undefined,
    null,
  ]
  const isOurs = url.origin === origin
  if (bucket === null && !isOurs) return undefined
  const slash = path.indexOf('/')
  const [Bucket, Key] = bucket ? [bucket, path] : [path.slice(0, slash), path.slice(slash + 1)]
  return Bucket && Key && slash !== 0 ? { Bucket, Key, ...(version ? { VersionId: version } : {}) } : undefined
}

const fromBucket = async (address: string, { facts, ground, cloud }: CloudFormationCall): Promise<string> => {
  const place = placeOf(address, facts.origin) ?? placeOf(address, ground.url())
  if (!place) throw invalid('TemplateURL must be a supported URL.')
  const more = 'For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html'
  try {
    const { Body, ContentLength = 0 } = await cloud('s3').GetObject(place)
    if (ContentLength > LONGEST_OBJECT) throw invalid(`Template may not exceed ${LONGEST_OBJECT} bytes in size.`)
    const parts: Uint8Array[] = []
    if (Body instanceof Uint8Array || typeof Body === 'string') parts.push(Buffer.from(Body))
    else for await (const part of Body ?? []) parts.push(part)
    const text = Buffer.concat(parts).toString('utf8')
    if (!text.trim()) throw invalid('Template format error: unsupported structure.')
    return text
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code === 'ValidationError') throw error
    throw invalid(`S3 error: ${error.message}\n${more}`)
  }
}
