import { keep, range } from '../constraints.ts'
import type { DynamoDBCall } from './calls.ts'
import { checkConditionValues, checkValues } from './checks.ts'
import { checkRequest, conditionsFault, invalid, type LegacyConditions, type Request } from './dynalite.ts'
import { type ExpressionMembers, type ExpressionName, type Expressions, readExpressions } from './expressions.ts'
import { projectionOf } from './items.ts'
import { type KeyConditions, keyConditionsOf } from './keyConditions.ts'
import { type TableName, tableName } from './names.ts'
import type { Path } from './paths.ts'
import type { Item } from './types.ts'

/** The members of a query or a scan, as JSON. */
export interface ReadRequest extends ExpressionMembers {
  TableName: string
  IndexName?: string
  Select?: string
  AttributesToGet?: string[]
  KeyConditions?: KeyConditions
  QueryFilter?: LegacyConditions
  ScanFilter?: LegacyConditions
  ConditionalOperator?: string
  ConsistentRead?: boolean
  ScanIndexForward?: boolean
  ExclusiveStartKey?: Item
  Limit?: number
  Segment?: number
  TotalSegments?: number
  ReturnConsumedCapacity?: string
}

/** A query or a scan that was read and checked, as far as that goes without its table. */
export interface ReadPlan {
  operation: 'Query' | 'Scan'
  name: TableName
  request: ReadRequest
  expressions: Expressions
  projection: Path[] | undefined
  /** What a query asks of its keys. */
  keyConditions: KeyConditions
}

/** Most segments of a parallel scan. */
const MOST_SEGMENTS = 1_000_000

const wrong = (what: string) => invalid(`One or more parameter values were invalid: ${what}`)

/** Which attributes an answer shows must be said in one way only (API reference, Query, Select). */
const checkSelect = ({ Select, AttributesToGet, ProjectionExpression, IndexName }: ReadRequest) => {
  if (Select === 'ALL_PROJECTED_ATTRIBUTES' && IndexName === undefined)
    throw wrong('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')
  const projects = AttributesToGet
    ? 'AttributesToGet'
    : ProjectionExpression === undefined
      ? ''
      : 'ProjectionExpression'
  if (Select === 'SPECIFIC_ATTRIBUTES' && !projects)
    throw wrong('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES')
  if (!projects || Select === undefined || Select === 'SPECIFIC_ATTRIBUTES') return
  throw wrong(`Cannot specify the ${projects} when choosing to get ${Select === 'COUNT' ? 'only the Count' : Select}`)
}

const checkSegments = ({ Segment, TotalSegments }: ReadRequest) => {
  keep('ValidationException', range('totalSegments', TotalSegments, 1, MOST_SEGMENTS))
  const missing = (one: string, other: string) =>
    invalid(`The ${one} parameter is required but was not present in the request when ${other}`)
  if (Segment !== undefined && TotalSegments === undefined)
    throw missing('TotalSegments', 'Segment parameter is present')
  if (TotalSegments !== undefined && Segment === undefined)
    throw missing('Segment', 'parameter TotalSegments is present')
  if (Segment !== undefined && TotalSegments !== undefined && Segment >= TotalSegments)
    throw invalid(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`,
    )
}

const OPERATIONS = {
  Query: {
    expressions: ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'],
    older: ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', 'KeyConditions'],
  },
  Scan: {
    expressions: ['ProjectionExpression', 'FilterExpression'],
    older: ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
  },
} satisfies Record<string, { expressions: ExpressionName[]; older: string[] }>

const readKeyConditions = (request: ReadRequest, { keyCondition }: Expressions): KeyConditions => {
  const conditions = keyCondition ? keyConditionsOf(keyCondition.condition) : request.KeyConditions
  if (!conditions)
    throw invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.')
  if (keyCondition) return conditions
  checkConditionValues(conditions)
  const fault = conditionsFault(conditions)
  if (fault) throw invalid(fault)
  const count = Object.keys(conditions).length
  if (count !== 1 && count !== 2) throw invalid('Conditions can be of length 1 or 2 only')
  return conditions
}

/** Reads a query or a scan from its members. @throws ServiceError ValidationException */
export const readPlan = (operation: ReadPlan['operation'], asked: ReadRequest, call: DynamoDBCall): ReadPlan => {
  const name = tableName(asked.TableName, call)
  const request: ReadRequest = { ...asked, TableName: name.name }
  checkRequest(operation, request as unknown as Request)
  const { expressions: names, older } = OPERATIONS[operation]
  // KeyConditions may stand beside the other expressions: only its own expression takes its place.
  const apart = request.KeyConditionExpression === undefined ? older.filter((one) => one !== 'KeyConditions') : older
  const expressions = readExpressions(request, names, apart)
  const projection = projectionOf(request, expressions)
  const filter = request.QueryFilter ?? request.ScanFilter
  checkConditionValues(filter)
  const fault = conditionsFault(filter)
  if (fault) throw invalid(fault)
  checkValues(request.ExclusiveStartKey)
  checkSegments(request)
  const keyConditions = operation === 'Query' ? readKeyConditions(request, expressions) : {}
  checkSelect(request)
  return { operation, name, request, expressions, projection, keyConditions }
}
