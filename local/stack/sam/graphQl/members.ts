import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { connector } from '../connector.ts'
import { getAtt, type SamContext, type SamResource, trustIn } from '../types.ts'

export type Made = Record<string, ResourceEntry>

/** One GraphQL API while it is transformed. */
export interface GraphQl {
  resource: SamResource
  context: SamContext
  /** What all that is made of it takes over. */
  attributes: Partial<ResourceEntry>
  apiId: Dict
}

/** A map of a template, whose members have these names. @throws Mistake in SAM's words */
export const membersOf = (value: unknown, path: string, names: readonly string[], { refuse }: SamResource): Dict => {
  if (!isDict(value)) throw refuse(`Property '${path}' should be a map.`, value)
  for (const name of Object.keys(value))
    if (!names.includes(name)) throw refuse(`'${path}.${name}' is not a valid property.`, [value, name])
  return value
}

/** The entries of a map of maps: those that a template names itself. */
export const namedOf = (value: unknown, path: string, { refuse }: SamResource): [string, unknown][] => {
  if (value === undefined || value === null) return []
  if (!isDict(value)) throw refuse(`Property '${path}' should be a map.`, value)
  return Object.entries(value)
}

/** A role that AppSync takes on. */
export const appSyncRole = ({ attributes }: GraphQl, properties: Dict = {}): ResourceEntry => ({
  ...attributes,
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: trustIn('appsync.amazonaws.com'),
    ...properties,
  },
})

/** What a connector between two ends becomes. */
export const connected = (
  id: string,
  Source: Dict,
  Destination: Dict,
  Permissions: unknown,
  { resource, context }: GraphQl,
): Made =>
  connector.transform(
    {
      id,
      entry: { Type: 'AWS::Serverless::Connector' },
      properties: { Source, Destination, Permissions },
      refuse: resource.refuse,
    },
    context,
  )

export const named = (id: string): Dict => getAtt(id, 'Name')
