import { ServiceError } from '../../base/errors.ts'
import { tableKeys, tagKeys } from './access.ts'
import type { DynamoDBCall, Operations } from './calls.ts'
import { invalid } from './dynalite.ts'
import { tableName } from './names.ts'
import { tagsOf } from './tableSettings.ts'
import type { Table } from './types.ts'

/** Tags of one answer. */
const PAGE = 10

const lookUp = (arn: string, call: DynamoDBCall): Table | undefined => {
  if (!arn.startsWith('arn:'))
    throw invalid(`One or more parameter values were invalid: ARNs must start with 'arn:': ${arn.slice(0, 300)}`)
  const name = tableName(arn, call)
  return call.store.tables.get(name, name.name)
}

/** The table that a resource's ARN names. @throws ServiceError ResourceNotFoundException */
const tagged = (arn: string, call: DynamoDBCall): Table => {
  const table = lookUp(arn, call)
  if (!table)
    throw new ServiceError('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`)
  return table
}

export const tags = {
  TagResource: {
    action: ({ ResourceArn, Tags }, call) => [
      'dynamodb:TagResource',
      ResourceArn,
      {
        ...tableKeys(lookUp(ResourceArn, call)),
        ...tagKeys(Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]))),
      },
    ],
    run({ ResourceArn, Tags }, call) {
      if (!Tags.length) throw invalid('Atleast one Tag needs to be provided as Input.')
      return call.store.transaction(() => {
        const table = tagged(ResourceArn, call)
        table.tags = tagsOf(Tags, table.tags)
        call.store.tables.save(table)
        return {}
      })
    },
  },
  UntagResource: {
    action: ({ ResourceArn, TagKeys }, call) => [
      'dynamodb:UntagResource',
      ResourceArn,
      { ...tableKeys(lookUp(ResourceArn, call)), 'aws:TagKeys': TagKeys },
    ],
    run({ ResourceArn, TagKeys }, call) {
      if (!TagKeys.length) throw invalid('Atleast one Tag Key needs to be provided as Input.')
      return call.store.transaction(() => {
        const table = tagged(ResourceArn, call)
        for (const key of TagKeys) delete table.tags[key]
        call.store.tables.save(table)
        return {}
      })
    },
  },
  ListTagsOfResource: {
    action: ({ ResourceArn }, call) => [
      'dynamodb:ListTagsOfResource',
      ResourceArn,
      tableKeys(lookUp(ResourceArn, call)),
    ],
    run({ ResourceArn, NextToken }, call) {
      const all = Object.entries(tagged(ResourceArn, call).tags).sort(([a], [b]) => (a < b ? -1 : 1))
      const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString())
      if (!Number.isInteger(from) || from < 0) throw invalid('Invalid NextToken')
      return {
        Tags: all.slice(from, from + PAGE).map(([Key, Value]) => ({ Key, Value })),
        NextToken: all.length > from + PAGE ? Buffer.from(String(from + PAGE)).toString('base64') : undefined,
      }
    },
  },
} satisfies Operations
