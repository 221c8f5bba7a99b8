import type { Dict } from '../../source.ts'
import { getAtt, given, ref } from '../types.ts'
import { appSyncRole, connected, type GraphQl, type Made, membersOf, named, namedOf } from './members.ts'

const TABLE = [
  'TableName',
  'ServiceRoleArn',
  'TableArn',
  'Permissions',
  'Name',
  'Description',
  'Region',
  'DeltaSync',
  'UseCallerCredentials',
  'Versioned',
]
const FUNCTION = ['FunctionArn', 'ServiceRoleArn', 'Name', 'Description']

/** The data sources with the roles that reach what they stand for; and the name of each. */
export const dataSourcesOf = (api: GraphQl): { made: Made; names: Map<string, Dict> } => {
  const { resource } = api
  const { DataSources: sources = {} } = resource.properties
  const { DynamoDb, Lambda } = membersOf(sources, 'DataSources', ['DynamoDb', 'Lambda'], resource)
  const made: Made = {}
  const names = new Map<string, Dict>()
  const add = (name: string, kind: 'DynamoDB' | 'Lambda', source: Dict, config: Dict, reach: (id: string) => Made) => {
    const id = `${resource.id}${name}${kind}DataSource`
    const roleId = `${id}Role`
    made[id] = {
      ...api.attributes,
      Type: 'AWS::AppSync::DataSource',
      Properties: given({
        Name: source.Name || name,
        ApiId: api.apiId,
        Description: source.Description,
        ...config,
        ServiceRoleArn: source.ServiceRoleArn || getAtt(roleId, 'Arn'),
      }),
    }
    names.set(name, named(id))
    if (!source.ServiceRoleArn) Object.assign(made, { [roleId]: appSyncRole(api) }, reach(id))
  }
  const from = (id: string) => ({
    Type: 'AWS::AppSync::DataSource',
    Arn: getAtt(id, 'DataSourceArn'),
    RoleName: ref(`${id}Role`),
  })
  for (const [name, one] of namedOf(DynamoDb, 'DataSources.DynamoDb', resource)) {
    const source = membersOf(one, `DataSources.DynamoDb.${name}`, TABLE, resource)
    const config = given({
      AwsRegion: source.Region || ref('AWS::Region'),
      TableName: source.TableName,
      UseCallerCredentials: source.UseCallerCredentials || undefined,
      Versioned: source.Versioned || undefined,
      DeltaSyncConfig: source.DeltaSync || undefined,
    })
    const Arn = source.TableArn || arnOf(source)
    add(name, 'DynamoDB', source, { Type: 'AMAZON_DYNAMODB', DynamoDBConfig: config }, (id) =>
      connected(
        `${id}ToTableConnector`,
        from(id),
        { Type: 'AWS::DynamoDB::Table', Arn },
        source.Permissions || ['Read', 'Write'],
        api,
      ),
    )
  }
  for (const [name, one] of namedOf(Lambda, 'DataSources.Lambda', resource)) {
    const source = membersOf(one, `DataSources.Lambda.${name}`, FUNCTION, resource)
    const { FunctionArn: Arn } = source
    add(name, 'Lambda', source, { Type: 'AWS_LAMBDA', LambdaConfig: { LambdaFunctionArn: Arn } }, (id) =>
      connected(`${id}ToLambdaConnector`, from(id), { Type: 'AWS::Lambda::Function', Arn }, ['Write'], api),
    )
  }
  return { made, names }
}

const arnOf = ({ TableName, Region }: Dict): Dict => ({
  'Fn::Sub': [
    `arn:\${AWS::Partition}:dynamodb:\${__Region__}:\${AWS::AccountId}:table/\${__TableName__}`,
    { __TableName__: TableName, __Region__: Region || ref('AWS::Region') },
  ],
})
