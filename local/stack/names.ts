import type { Ids } from '../base/ids.ts'
import type { Dict } from './source.ts'

interface NameRule {
  longest: number
  lowerCase?: boolean
}

/** What names of a type may be, where CloudFormation makes them up. */
const RULES: Record<string, NameRule | undefined> = {
  'AWS::S3::Bucket': { longest: 63, lowerCase: true },
  'AWS::Lambda::Function': { longest: 64 },
  'AWS::IAM::Role': { longest: 64 },
  'AWS::IAM::ManagedPolicy': { longest: 128 },
  'AWS::IAM::Policy': { longest: 128 },
  'AWS::SQS::Queue': { longest: 80 },
  'AWS::Events::Rule': { longest: 64 },
}
const OTHERS: NameRule = { longest: 255 }

const RANDOM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const RANDOM_LENGTH = 12

/** The stack that is also `sam local`'s: there a resource's physical name is its logical ID. */
const PLAIN_STACK = 'local'

/**
 * The physical name that CloudFormation makes up: `<stack>-<logical ID>-<random>`, both cut to the type's limit; in the
 * stack `local` the logical ID, unless one of `taken` has it: the physical ids of what the resource replaces.
 */
export const physicalName = (
  stack: string,
  logicalId: string,
  type: string,
  ids: Ids,
  taken: readonly string[],
): string => {
  const { longest, lowerCase } = RULES[type] ?? OTHERS
  const spell = (name: string) => (lowerCase ? name.toLowerCase() : name)
  const plain = spell(logicalId.slice(0, longest))
  if (stack === PLAIN_STACK && !taken.some((id) => isNamedBy(id, plain))) return plain
  const random = ids.text(RANDOM_LENGTH, RANDOM)
  if (stack === PLAIN_STACK) return spell(`${logicalId.slice(0, longest - random.length - 1)}-${random}`)
  const room = longest - random.length - 2
  // The stack's name gives way first, down to half of the room.
  const head = stack.slice(0, Math.max(Math.floor(room / 2), room - logicalId.length))
  return spell(`${head}-${logicalId.slice(0, room - head.length)}-${random}`)
}

/** The property that names a resource of a type, `BucketName` of AWS::S3::Bucket, if the type has one. */
const nameProperty = (type: string, properties: readonly string[]): string | undefined => {
  const noun = type.split('::').at(-1)
  return [`${noun}Name`, 'Name'].find((name) => properties.includes(name))
}

/** The name that the template gives a resource. */
export const explicitName = (type: string, has: readonly string[], properties: Dict): string | undefined => {
  const name = nameProperty(type, has)
  const value = name === undefined ? undefined : properties[name]
  return typeof value === 'string' ? value : undefined
}

/** Whether a resource is identified by the name that the template gives it: as such, or at the end of its ARN or URL. */
export const isNamedBy = (physicalId: string, name: string | undefined): boolean =>
  name !== undefined && (physicalId === name || physicalId.endsWith(`:${name}`) || physicalId.endsWith(`/${name}`))
