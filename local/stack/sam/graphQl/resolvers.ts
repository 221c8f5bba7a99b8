import { type Dict, isDict } from '../../source.ts'
import { getAtt, given } from '../types.ts'
import { type GraphQl, type Made, membersOf, named, namedOf } from './members.ts'

const FUNCTION = ['DataSource', 'Runtime', 'InlineCode', 'CodeUri', 'Description', 'MaxBatchSize', 'Name', 'Id', 'Sync']
const RESOLVER = ['FieldName', 'Caching', 'InlineCode', 'CodeUri', 'MaxBatchSize', 'Pipeline', 'Runtime', 'Sync']

/** What AppSync itself offers as the code of a resolver: what the last function gave is the answer. */
const PASSED_ON = `
export function request(ctx) {
    return {};
}

export function response(ctx) {
    return ctx.prev.result;
}
`

const codeOf = (value: Dict, { resource: { refuse } }: GraphQl): Dict | undefined => {
  const { InlineCode: text, CodeUri: uri } = value
  if (text && uri) throw refuse("Both 'InlineCode' and 'CodeUri' cannot be defined at the same time.", value)
  return text ? { Code: text } : uri ? { CodeS3Location: uri } : undefined
}

const runtimeOf = (value: Dict, path: string, { resource }: GraphQl): Dict => {
  if (!value.Runtime) throw resource.refuse(`'Runtime' must be defined as a property in ${path}.`, value)
  const { Name, Version } = membersOf(value.Runtime, `${path}.Runtime`, ['Name', 'Version'], resource)
  return { Name, RuntimeVersion: Version }
}

/** The functions of pipelines, with the data source without any where one names it; and the id of each. */
export const functionsOf = (api: GraphQl, sources: ReadonlyMap<string, Dict>) => {
  const { resource, attributes, apiId } = api
  const { id: api0, refuse } = resource
  const made: Made = {}
  const ids = new Map<string, unknown>()
  const noneId = `${api0}NoneDataSource`
  const sourceOf = (value: Dict): unknown => {
    const { DataSource: source } = value
    if (!source) throw refuse("'DataSource' must be set.", value)
    if (typeof source !== 'string') return source
    if (source.toLowerCase() === 'none') {
      made[noneId] = {
        ...attributes,
        Type: 'AWS::AppSync::DataSource',
        Properties: { ApiId: apiId, Name: noneId, Type: 'NONE' },
      }
      return named(noneId)
    }
    const found = sources.get(source)
    if (!found)
      throw refuse(
        `Either define DataSource '${source}' in 'DataSources' or use intrinsic function like GetAtt, ImportValue, Sub or another one to reference a DataSource defined outside of this GraphQLApi resource.`,
        [value, 'DataSource'],
      )
    return found
  }
  for (const [name, one] of namedOf(resource.properties.Functions, 'Functions', resource)) {
    const value = membersOf(one, `Functions.${name}`, FUNCTION, resource)
    if (value.Id) {
      if (Object.keys(value).length > 1)
        throw refuse("'Id' cannot be defined with other properties in Function.", value)
      ids.set(name, value.Id)
      continue
    }
    const code = codeOf(value, api)
    if (!code) throw refuse("One of 'InlineCode' or 'CodeUri' must be set.", value)
    const id = `${api0}${name}`
    made[id] = {
      ...attributes,
      Type: 'AWS::AppSync::FunctionConfiguration',
      Properties: given({
        ApiId: apiId,
        Name: value.Name || name,
        ...code,
        DataSourceName: sourceOf(value),
        MaxBatchSize: value.MaxBatchSize,
        Description: value.Description,
        Runtime: runtimeOf(value, name, api),
        SyncConfig: value.Sync || undefined,
      }),
    }
    ids.set(name, getAtt(id, 'FunctionId'))
  }
  return { made, ids }
}

/** The resolvers of the fields, each a pipeline of functions. */
export const resolversOf = (api: GraphQl, ids: ReadonlyMap<string, unknown>): Made => {
  const { resource, attributes, apiId } = api
  const { refuse } = resource
  const made: Made = {}
  for (const [type, fields] of namedOf(resource.properties.Resolvers, 'Resolvers', resource))
    for (const [name, one] of namedOf(fields, `Resolvers.${type}`, resource)) {
      const value = membersOf(one, `Resolvers.${type}.${name}`, RESOLVER, resource)
      const code = codeOf(value, api)
      const { Pipeline: pipeline } = value
      if (!Array.isArray(pipeline) || pipeline.length === 0)
        throw refuse(
          `Resolver '${name}' must have Pipeline defined. Unit resolvers are not supported. If you need a Unit resolver you can use AppSync resource.`,
          value,
        )
      const Functions = pipeline.map((one) => {
        if (!ids.has(String(one))) throw refuse(`Function '${String(one)}' does not exist.`, value)
        return ids.get(String(one))
      })
      const caching = value.Caching
      made[`${resource.id}${type}${name}`] = {
        ...attributes,
        Type: 'AWS::AppSync::Resolver',
        DependsOn: [`${resource.id}Schema`],
        Properties: given({
          ApiId: apiId,
          FieldName: value.FieldName || name,
          TypeName: type,
          ...(code ?? { Code: PASSED_ON }),
          Runtime: code ? runtimeOf(value, name, api) : { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' },
          Kind: 'PIPELINE',
          PipelineConfig: { Functions },
          CachingConfig: isDict(caching) ? given(caching) : undefined,
          MaxBatchSize: value.MaxBatchSize || undefined,
        }),
      }
    }
  return made
}
