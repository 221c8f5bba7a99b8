import { type Dict, isDict } from '../source.ts'
import { getAtt, ref, type SamContext } from './types.ts'

/** One end of a connector: what is known of the resource there. */
export interface End {
  id: string | undefined
  type: string
  arn: unknown
  roleName: unknown
  queueUrl: unknown
  resourceId: unknown
  name: unknown
  qualifier: unknown
}

const BY_REF = new Set([
  'AWS::StepFunctions::StateMachine',
  'AWS::SNS::Topic',
  'AWS::AppSync::GraphQLApi',
  'AWS::AppSync::DataSource',
])
const WITH_ARN = new Set([
  'AWS::Lambda::Function',
  'AWS::Events::Rule',
  'AWS::SQS::Queue',
  'AWS::DynamoDB::Table',
  'AWS::S3::Bucket',
  'AWS::Location::PlaceIndex',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGateway::RestApi',
  'AWS::Events::EventBus',
])
const APIS = new Set(['AWS::ApiGatewayV2::Api', 'AWS::ApiGateway::RestApi'])
const ROLES: Record<string, string | undefined> = {
  'AWS::Lambda::Function': 'Role',
  'AWS::StepFunctions::StateMachine': 'RoleArn',
  'AWS::AppSync::DataSource': 'ServiceRoleArn',
}
/** What SAM's types become. */
const TRANSFORMED: Record<string, string | undefined> = {
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::StateMachine': 'AWS::StepFunctions::StateMachine',
  'AWS::Serverless::Api': 'AWS::ApiGateway::RestApi',
  'AWS::Serverless::HttpApi': 'AWS::ApiGatewayV2::Api',
  'AWS::Serverless::SimpleTable': 'AWS::DynamoDB::Table',
}

/** The logical ID that a Ref or the first part of a GetAtt names. */
export const logicalIdOf = (value: unknown): string | undefined => {
  if (!isDict(value)) return undefined
  if (typeof value.Ref === 'string') return value.Ref
  const attribute = value['Fn::GetAtt']
  if (typeof attribute === 'string') return attribute.split('.')[0]
  return Array.isArray(attribute) && typeof attribute[0] === 'string' ? attribute[0] : undefined
}

const roleArnOf = (type: string, properties: Dict, other: Dict): unknown => {
  if (type !== 'AWS::Events::Rule') return ROLES[type] && properties[ROLES[type]]
  const targets = Array.isArray(properties.Targets) ? properties.Targets.filter(isDict) : []
  const target = targets.find(({ Arn }) => {
    const id = logicalIdOf(Arn)
    const same = other.Arn !== undefined && JSON.stringify(Arn) === JSON.stringify(other.Arn)
    return same || (id !== undefined && id === other.Id)
  })
  return target?.RoleArn
}

/** @throws a text in SAM's words, as an Error of `wrong` */
export const endOf = (written: Dict, other: Dict, { resources }: SamContext, wrong: (text: string) => Error): End => {
  const { Id: id, Qualifier: qualifier, ...rest } = written
  if ((id !== undefined) === Object.keys(rest).length > 0)
    throw wrong("Must provide 'Id' (with optional 'Qualifier') or a supported combination of other properties.")
  if (id === undefined) {
    if (typeof rest.Type !== 'string' || !rest.Type) throw wrong("'Type' is missing or not a string.")
    return {
      id: undefined,
      type: TRANSFORMED[rest.Type] ?? rest.Type,
      arn: rest.Arn,
      roleName: rest.RoleName,
      queueUrl: rest.QueueUrl,
      resourceId: rest.ResourceId,
      name: rest.Name,
      qualifier,
    }
  }
  if (typeof id !== 'string' || !id) throw wrong("'Id' is missing or not a string.")
  const resource = resources[id]
  if (!resource) throw wrong(`Unable to find resource with logical ID '${id}'.`)
  const { Type: type, Properties: properties = {} } = resource
  const role = logicalIdOf(roleArnOf(type, properties, other))
  return {
    id,
    type,
    arn: BY_REF.has(type) ? ref(id) : WITH_ARN.has(type) ? getAtt(id, 'Arn') : undefined,
    roleName: role && ref(role),
    queueUrl: type === 'AWS::SQS::Queue' ? ref(id) : undefined,
    resourceId: APIS.has(type) ? ref(id) : type === 'AWS::AppSync::GraphQLApi' ? getAtt(id, 'ApiId') : undefined,
    name: type === 'AWS::StepFunctions::StateMachine' ? getAtt(id, 'Name') : undefined,
    qualifier: qualifier ?? (APIS.has(type) ? '*' : undefined),
  }
}
