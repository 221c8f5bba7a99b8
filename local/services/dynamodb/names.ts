import { ServiceError } from '../../base/errors.ts'
import type { DynamoDBCall } from './calls.ts'
import { invalid } from './dynalite.ts'
import { arnOf } from './indexes.ts'
import type { Scope } from './tableRows.ts'
import type { Table } from './types.ts'

/** A table as a request names it: by its name, or by its ARN. */
export interface TableName extends Scope {
  name: string
  /** As it stands in the request, and in answers that name the table. */
  asked: string
}

const notFound = () => new ServiceError('ResourceNotFoundException', 'Requested resource not found')

const ARN = /^arn:aws:dynamodb:([^:]+):(\d{12}):table\/([^/]+)$/

/**
 * What `TableName` stands for.
 * @throws ServiceError for an ARN of something else; ResourceNotFoundException for another region's table
 */
export const tableName = (asked: string, { account, region }: Scope): TableName => {
  if (!asked.startsWith('arn:')) return { account, region, name: asked, asked }
  const [, arnRegion, arnAccount, name] = ARN.exec(asked) ?? []
  if (!arnRegion || !arnAccount || !name)
    throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${asked.slice(0, 300)}`)
  if (arnRegion !== region) throw notFound()
  return { region: arnRegion, account: arnAccount, name, asked }
}

export const nameArn = (name: TableName, index?: string): string => arnOf(name, index)

/** The table for items. @throws ServiceError ResourceNotFoundException */
export const tableOf = (name: TableName, { store }: DynamoDBCall): Readonly<Table> => {
  const table = store.tables.known(name, name.name)
  if (!table) throw notFound()
  return table
}

/** The table for what manages tables, whose refusal says its name. @throws ServiceError ResourceNotFoundException */
export const knownTable = (name: TableName, { store }: DynamoDBCall): Table => {
  const table = store.tables.get(name, name.name)
  if (!table)
    throw new ServiceError('ResourceNotFoundException', `Requested resource not found: Table: ${name.name} not found`)
  return table
}
