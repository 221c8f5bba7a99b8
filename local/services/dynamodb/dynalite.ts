import { createRequire } from 'node:module'
import { ServiceError } from '../../base/errors.ts'
import type { KeyType, Value } from './types.ts'

/** A request with its members as JSON: what the library checks. */
export type Request = Record<string, unknown>

/** The operations whose constraints the library knows. */
export type Known =
  | 'PutItem'
  | 'GetItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'Query'
  | 'Scan'
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'CreateTable'
  | 'UpdateTable'
  | 'DescribeTable'
  | 'ListTables'

/** Constraints of a request's members, and rules between them. */
interface Rules {
  types: Record<string, unknown>
  custom?: (request: Request) => string | undefined
}

/** A condition in the form before expressions: `Expected`, `QueryFilter`, `KeyConditions`. */
export interface LegacyCondition {
  ComparisonOperator?: string
  AttributeValueList?: Value[]
  Exists?: boolean
  Value?: Value
}
export type LegacyConditions = Record<string, LegacyCondition>

interface Validations {
  checkValidations(request: Request, types: Record<string, unknown>, custom?: Rules['custom']): void
  validateAttributeConditions(request: { Expected?: LegacyConditions }): string | undefined
  validateConditions(conditions?: LegacyConditions): string | undefined
  findDuplicate(names: readonly string[]): string | undefined | null
}

interface Library {
  validations: Validations
  rules(operation: Known): Rules
  hashPrefix(value: string, type: KeyType, other?: string, otherType?: KeyType): string
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

/** For its own store, LevelDB in native code, which a platform may lack, and for its expressions: 400 KB. */
const UNUSED = [
  ...['level', 'memory-level', 'async', 'lazy', 'lock', 'once'],
  ...['./db/conditionParser', './db/projectionParser', './db/updateParser'],
]

/**
 * Loads dynalite, whose validations carry AWS's messages and whose hash gives scans AWS's order. Its expressions and
 * actions are not used: they differ from DynamoDB (`REMOVE l[1], l[2]` removes others, entries of one index key overwrite
 * each other, text is measured in UTF-16), and reading a condition takes it time exponential in its nesting.
 * What they require is not loaded.
 */
const load = (): Library => {
  const require = createRequire(import.meta.url)
  const within = createRequire(require.resolve('dynalite'))
  const unused = UNUSED.map((name) => within.resolve(name))
  const absent = unused.filter((path) => !require.cache[path])
  for (const path of absent) require.cache[path] = { exports: {}, loaded: true, id: path } as NodeJS.Module
  try {
    const rules = new Map<Known, Rules>()
    const { hashPrefix } = require('dynalite/db') as Pick<Library, 'hashPrefix'>
    return {
      validations: require('dynalite/validations'),
      rules(operation) {
        const known = rules.get(operation) ?? require(`dynalite/validations/${lowerFirst(operation)}`)
        rules.set(operation, known)
        return known
      },
      hashPrefix,
    }
  } finally {
    for (const path of absent) delete require.cache[path]
  }
}

let loaded: Library | undefined
const library = (): Library => {
  loaded ??= load()
  return loaded
}

export const invalid = (message: string): ServiceError => new ServiceError('ValidationException', message)

/** What the library throws: an answer of DynamoDB. */
interface Refusal {
  statusCode: number
  body: { __type: string; message?: string; Message?: string }
}
const isRefusal = (error: unknown): error is Refusal =>
  typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error

/**
 * Checks a request's members, and, with `rules`, what they demand of each other.
 * @throws ServiceError ValidationException
 */
export const checkRequest = (operation: Known, request: Request, { rules = false } = {}): void => {
  const { types, custom } = library().rules(operation)
  try {
    library().validations.checkValidations(request, types, rules ? custom : undefined)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const { __type, message, Message } = error.body
    throw new ServiceError(__type.split('#').at(-1) ?? '', message ?? Message ?? '')
  }
}

/** What is wrong with an `Expected`. */
export const expectedFault = (expected: LegacyConditions | undefined): string | undefined =>
  library().validations.validateAttributeConditions({ Expected: expected })

/** What is wrong with a `KeyConditions`, `QueryFilter` or `ScanFilter`. */
export const conditionsFault = (conditions: LegacyConditions | undefined): string | undefined =>
  library().validations.validateConditions(conditions)

/** A name that stands twice in a list. */
export const duplicate = (names: readonly string[]): string | undefined =>
  library().validations.findDuplicate(names) ?? undefined

/** How many places there are: {@link placeOf} gives a number below it. */
export const PLACES = 2 ** 24

/** Where a partition key stands in the order of a scan: DynamoDB's own, as far as the library found it out. */
export const placeOf = (value: Value, type: KeyType): number =>
  Number.parseInt(library().hashPrefix(value[type] as string, type), 16)
