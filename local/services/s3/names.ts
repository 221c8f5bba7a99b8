import { createHash } from 'node:crypto'

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`
export const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`

const RESERVED_STARTS = ['xn--', 'sthree-', 'amzn-s3-demo-']
const RESERVED_ENDS = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3', '-an']

/** Whether a new bucket may have this name ("General purpose bucket naming rules" in S3's user guide). */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
  !name.includes('..') &&
  !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
  !RESERVED_STARTS.some((start) => name.startsWith(start)) &&
  !RESERVED_ENDS.some((end) => name.endsWith(end))

/** Longest key, in bytes of UTF-8. */
export const LONGEST_KEY = 1024

/**
 * Whether a key leads above its bucket: read from the left, it has more `..` than names before them ("Naming Amazon S3
 * objects" in S3's user guide).
 */
export const leadsOut = (key: string): boolean => {
  let depth = 0
  return key.split('/').some((element) => {
    if (element === '..') depth--
    else if (element !== '.' && element !== '') depth++
    return depth < 0
  })
}

/** The principal id of an account in events: `A3NL1KOZZKEXAMPLE`. */
export const customerId = (account: string): string =>
  `A${createHash('sha256').update(`customer ${account}`).digest('hex').slice(0, 13).toUpperCase()}`

/**
 * Percent-encodes a key as S3 does in lists with `encoding-type=url` and in events: like a form, so a space is a plus sign,
 * but slashes stay.
 */
export const formEncode = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** Values of `LocationConstraint`; `EU` is the old name of eu-west-1, and us-east-1 has none. */
const LOCATIONS = new Set(
  `EU af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
  ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
  cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
  il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1
  us-west-2`.split(/\s+/),
)
export const isLocation = (location: string): boolean => LOCATIONS.has(location)
