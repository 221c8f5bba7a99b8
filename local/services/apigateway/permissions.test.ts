import {
  APIGatewayClient,
  CreateRestApiCommand,
  DeleteRestApiCommand,
  GetApiKeysCommand,
  GetRestApiCommand,
  GetRestApisCommand,
} from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, CreateApiCommand, GetApisCommand } from '@aws-sdk/client-apigatewayv2'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { createRole, trust } from '../lambda/fixture.ts'

describe('the control plane of APIs, for a role', () => {
  const cloud = withCloud()
  const as = async (name: string, statements: object[]) => {
    const RoleArn = await createRole(cloud.config(), name, statements, trust({ AWS: '123456789012' }))
    const { Credentials: given } = await new STSClient(cloud.config()).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' }),
    )
    return cloud.config({
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    })
  }
  const allow = (Action: string, Resource: string, Effect = 'Allow') => ({ Effect, Action, Resource })

  it('reads what it may, and changes nothing', async () => {
    const { id } = await new APIGatewayClient(cloud.config()).send(new CreateRestApiCommand({ name: 'books' }))
    const everything = 'arn:aws:apigateway:us-east-1::/restapis*'
    const reader = new APIGatewayClient(await as('reader', [allow('apigateway:GET', everything)]))
    const refused = (method: string, path: string) => ({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::123456789012:assumed-role/reader/me is not authorized to perform: apigateway:${method} on resource: arn:aws:apigateway:us-east-1::${path} because no identity-based policy allows the apigateway:${method} action`,
    })

    expect((await reader.send(new GetRestApisCommand({}))).items).to.have.length(1)
    expect(await refusalOf(reader.send(new CreateRestApiCommand({ name: 'mine' })))).to.deep.include(
      refused('POST', '/restapis'),
    )
    expect(await refusalOf(reader.send(new DeleteRestApiCommand({ restApiId: id })))).to.deep.include(
      refused('DELETE', `/restapis/${id}`),
    )
    expect(await refusalOf(reader.send(new GetApiKeysCommand({})))).to.deep.include(refused('GET', '/apikeys'))
  })

  it('reaches one API only, where one is named', async () => {
    const admin = new APIGatewayClient(cloud.config())
    const [one, other] = [
      await admin.send(new CreateRestApiCommand({ name: 'one' })),
      await admin.send(new CreateRestApiCommand({ name: 'other' })),
    ]
    const own = `arn:aws:apigateway:us-east-1::/restapis/${one.id}*`
    const client = new APIGatewayClient(await as('owner', [allow('apigateway:*', own)]))

    expect((await client.send(new GetRestApiCommand({ restApiId: one.id }))).name).to.equal('one')
    expect(await refusalOf(client.send(new GetRestApiCommand({ restApiId: other.id })))).to.deep.include({
      name: 'AccessDeniedException',
    })
    expect(await refusalOf(client.send(new DeleteRestApiCommand({ restApiId: other.id })))).to.deep.include({
      name: 'AccessDeniedException',
    })
  })

  it('is asked for HTTP APIs by their own paths', async () => {
    const config = await as('http', [allow('apigateway:GET', 'arn:aws:apigateway:us-east-1::/apis')])
    const client = new ApiGatewayV2Client(config)

    expect((await client.send(new GetApisCommand({}))).Items).to.deep.equal([])
    expect(await refusalOf(client.send(new CreateApiCommand({ Name: 'a', ProtocolType: 'HTTP' })))).to.deep.include({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::123456789012:assumed-role/http/me is not authorized to perform: apigateway:POST on resource: arn:aws:apigateway:us-east-1::/apis because no identity-based policy allows the apigateway:POST action',
    })
  })
})
