import {
  APIGatewayClient,
  GetAuthorizersCommand,
  GetMethodCommand,
  GetModelsCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetUsagePlanCommand,
} from '@aws-sdk/client-api-gateway'
import { expect } from 'chai'
import { told, withCloud } from '../../../tests/cloud.ts'

const template = `
Parameters:
  Rate: { Type: Number, Default: 5 }
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: shop
      Tags: [{ Key: team, Value: shop }]
      Policy: { Version: 2012-10-17, Statement: { Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: execute-api:/* } }
  Item:
    Type: AWS::ApiGateway::Resource
    Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: item }
  Model:
    Type: AWS::ApiGateway::Model
    Properties: { RestApiId: !Ref Api, Name: Thing, ContentType: application/json, Schema: { type: object, required: [name] } }
  Validator:
    Type: AWS::ApiGateway::RequestValidator
    Properties: { RestApiId: !Ref Api, Name: bodies, ValidateRequestBody: true }
  Guard:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Name: guard
      Type: TOKEN
      AuthorizerUri: !Sub 'arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/arn:aws:lambda:\${AWS::Region}:\${AWS::AccountId}:function:guard/invocations'
      IdentitySource: method.request.header.Authorization
  Refusal:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      RestApiId: !Ref Api
      ResponseType: BAD_REQUEST_BODY
      StatusCode: '422'
      ResponseTemplates: { application/json: '{"problem": $context.error.validationErrorString}' }
  Put:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Item
      HttpMethod: POST
      AuthorizationType: NONE
      ApiKeyRequired: true
      RequestModels: { application/json: !Ref Model }
      RequestValidatorId: !Ref Validator
      MethodResponses: [{ StatusCode: 201, ResponseModels: { application/json: Empty } }]
      Integration:
        Type: MOCK
        RequestTemplates: { application/json: '{"statusCode": 201}' }
        IntegrationResponses: [{ StatusCode: 201, ResponseTemplates: { application/json: made } }]
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: [Put, Refusal, Guard]
    Properties: { RestApiId: !Ref Api }
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Deployment
      StageName: live
      Variables: { color: blue }
      MethodSettings: [{ ResourcePath: /item, HttpMethod: POST, ThrottlingRateLimit: !Ref Rate, ThrottlingBurstLimit: 7 }]
  Key:
    Type: AWS::ApiGateway::ApiKey
    Properties: { Name: one, Enabled: true, Value: a-value-of-more-than-twenty-characters }
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      ApiStages: [{ ApiId: !Ref Api, Stage: !Ref Stage }]
      Throttle: { RateLimit: !Ref Rate, BurstLimit: 10 }
      Quota: { Limit: 100, Period: MONTH }
  PlanKey:
    Type: AWS::ApiGateway::UsagePlanKey
    Properties: { KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan }
  Settings:
    Type: AWS::ApiGateway::Account
    Properties: { CloudWatchRoleArn: !Sub 'arn:aws:iam::\${AWS::AccountId}:role/logs' }
Outputs:
  Api: { Value: !Ref Api }
  Item: { Value: !Ref Item }
  Plan: { Value: !Ref Plan }
  PlanKey: { Value: !Ref PlanKey }
`

describe('CloudFormation types of API Gateway', () => {
  const cloud = withCloud()
  const client = () => new APIGatewayClient(cloud.config())
  const deploy = async (text: string, parameters: Record<string, string> = {}) => {
    const stack = await cloud.cloud.deploy({ name: 'shop', template: text, file: '/shop/template.yaml', parameters })
    expect(stack.status, told(cloud)).to.match(/_COMPLETE$/)
    return Object.fromEntries(Object.entries(stack.outputs).map(([key, { value }]) => [key, value]))
  }

  it('are made, changed and removed', async () => {
    const api = client()
    const { Api: restApiId = '', Item: resourceId, Plan: usagePlanId, PlanKey } = await deploy(template)
    const post = async (body: string, headers: Record<string, string>) => {
      const url = `${cloud.cloud.url}/restapis/${restApiId}/live/_user_request_/item`
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      })
      return [response.status, await response.text()]
    }
    const key = { 'x-api-key': 'a-value-of-more-than-twenty-characters' }

    expect(await post('{"name": "x"}', key)).to.deep.equal([201, 'made'])
    expect(await post('{"name": "x"}', {})).to.deep.equal([403, '{"message":"Forbidden"}'])
    expect((await post('{}', key))[0]).to.equal(422)
    const method = await api.send(new GetMethodCommand({ restApiId, resourceId, httpMethod: 'POST' }))
    expect(method.methodResponses?.['201']?.responseModels).to.deep.equal({ 'application/json': 'Empty' })
    expect(PlanKey).to.match(/^[a-z0-9]{10}:[a-z0-9]{6}$/)
    expect((await api.send(new GetAuthorizersCommand({ restApiId }))).items).to.have.length(1)
    expect((await api.send(new GetModelsCommand({ restApiId }))).items?.map(({ name }) => name)).to.include('Thing')

    await deploy(
      template
        .replace('PathPart: item', 'PathPart: thing')
        .replace('color: blue', 'color: red')
        .replaceAll('/item', '/thing'),
      {
        Rate: '9',
      },
    )
    const stage = await api.send(new GetStageCommand({ restApiId, stageName: 'live' }))
    expect(stage.variables).to.deep.equal({ color: 'red' })
    expect(stage.methodSettings).to.have.keys('~1thing/POST')
    expect(stage.methodSettings?.['~1thing/POST']?.throttlingRateLimit).to.equal(9)
    const plan = await api.send(new GetUsagePlanCommand({ usagePlanId }))
    expect(plan.throttle).to.deep.equal({ rateLimit: 9, burstLimit: 10 })
    const { items } = await api.send(new GetResourcesCommand({ restApiId }))
    expect(items?.map(({ path }) => path)).to.have.members(['/', '/thing'])

    await deploy('Resources: { Key: { Type: AWS::ApiGateway::ApiKey, Properties: { Name: one } } }')
    expect((await api.send(new GetRestApisCommand({}))).items).to.deep.equal([])
  })
})
