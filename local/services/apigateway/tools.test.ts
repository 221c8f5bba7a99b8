import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { toolPath } from '../../../tests/tools/tools.ts'

const run = promisify(execFile)

describe('API Gateway, by the AWS CLI', function () {
  this.timeout(180_000)
  const [bin = ''] = toolPath('aws')
  let folder = ''
  before(function () {
    if (!bin && process.env.REQUIRE_TOOLS === '1') throw new Error('no AWS CLI: bash tests/tools/install-python')
    if (!bin) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'api-tools-'))
  })
  const t = withCloud()
  after(() => folder && rmSync(folder, { recursive: true }))

  const raw = async (...args: string[]): Promise<string> => {
    const { stdout } = await run(join(bin, 'aws'), args, {
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: t.cloud.url,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_DEFAULT_OUTPUT: 'json',
        AWS_CONFIG_FILE: join(folder, 'none'),
      },
    })
    return stdout
  }
  const aws = async (command: string, ...more: string[]) => {
    const text = await raw(...command.split(' '), ...more)
    return text.trim() ? JSON.parse(text) : undefined
  }

  it('makes an API step by step, tries it, gives it out, and exports it', async () => {
    const { id } = await aws('apigateway create-rest-api --name', 'by the CLI')
    const api = `--rest-api-id ${id}`
    const { items } = await aws(`apigateway get-resources ${api}`)
    const { id: hello } = await aws(`apigateway create-resource ${api} --parent-id ${items[0].id} --path-part hello`)
    const method = `${api} --resource-id ${hello} --http-method GET`
    await aws(`apigateway put-method ${method} --authorization-type NONE --api-key-required`)
    await aws(`apigateway put-method-response ${method} --status-code 200`)
    const request = JSON.stringify({ 'application/json': '{"statusCode": 200}' })
    await aws(`apigateway put-integration ${method} --type MOCK --request-templates`, request)
    const response = JSON.stringify({ 'application/json': '{"hello": "$input.params(\'name\')"}' })
    await aws(`apigateway put-integration-response ${method} --status-code 200 --response-templates`, response)

    const tried = await aws(`apigateway test-invoke-method ${method} --path-with-query-string`, '/hello?name=Ada')
    expect(tried).to.include({ status: 200, body: '{"hello": "Ada"}' })
    expect(tried.log).to.contain('Successfully completed execution')

    const { id: deploymentId } = await aws(`apigateway create-deployment ${api} --stage-name prod`)
    const change = JSON.stringify([{ op: 'replace', path: '/variables/a', value: 'b' }])
    const stage = await aws(`apigateway update-stage ${api} --stage-name prod --patch-operations`, change)
    expect(stage).to.deep.include({ deploymentId, stageName: 'prod', variables: { a: 'b' } })

    const { id: plan } = await aws(
      `apigateway create-usage-plan --name cli --api-stages apiId=${id},stage=prod --quota limit=2,period=DAY`,
    )
    const { id: keyId, value } = await aws('apigateway create-api-key --name writer --enabled')
    await aws(`apigateway create-usage-plan-key --usage-plan-id ${plan} --key-id ${keyId} --key-type API_KEY`)
    const ask = async (headers: Record<string, string> = {}) => {
      const url = `${t.cloud.url}/restapis/${id}/prod/_user_request_/hello?name=Bob`
      const answer = await fetch(url, { headers })
      return [answer.status, await answer.text()]
    }
    expect(await ask()).to.deep.equal([403, '{"message":"Forbidden"}'])
    expect(await ask({ 'X-API-Key': value })).to.deep.equal([200, '{"hello": "Bob"}'])
    const day = new Date(t.clock.now()).toISOString().slice(0, 10)
    const usage = await aws(`apigateway get-usage --usage-plan-id ${plan} --start-date ${day} --end-date ${day}`)
    expect(usage.items).to.deep.equal({ [keyId]: [[1, 1]] })

    const file = join(folder, 'export.json')
    await raw(...`apigateway get-export ${api} --stage-name prod --export-type oas30`.split(' '), file)
    const exported = JSON.parse(readFileSync(file, 'utf8'))
    expect(exported).to.have.nested.property('info.title', 'by the CLI')
    expect(exported.paths['/hello'].get.security).to.deep.equal([{ api_key: [] }])

    await aws(`apigateway delete-rest-api ${api}`).then(
      () => expect.fail('a plan still names the stage'),
      ({ stderr }) => expect(stderr).to.contain('BadRequestException'),
    )
    const gone = JSON.stringify([{ op: 'remove', path: '/apiStages', value: `${id}:prod` }])
    await aws(`apigateway update-usage-plan --usage-plan-id ${plan} --patch-operations`, gone)
    await aws(`apigateway delete-rest-api ${api}`)
    await aws(`apigateway get-rest-api ${api}`).then(
      () => expect.fail('it is gone'),
      ({ stderr }) => expect(stderr).to.contain('(NotFoundException) when calling the GetRestApi operation'),
    )
  })

  it('makes an HTTP API, and lists it', async () => {
    const { ApiId, ApiEndpoint } = await aws('apigatewayv2 create-api --name http --protocol-type HTTP')
    await aws(`apigatewayv2 create-stage --api-id ${ApiId} --stage-name $default --auto-deploy`)

    const { Items } = await aws('apigatewayv2 get-apis')
    expect(ApiEndpoint).to.contain(`${ApiId}.execute-api`)
    expect(Items.map(({ Name }: { Name: string }) => Name)).to.deep.equal(['http'])
    const answer = await fetch(`${t.cloud.url}/restapis/${ApiId}/$default/_user_request_/nothing`)
    expect([answer.status, await answer.text()]).to.deep.equal([404, '{"message":"Not Found"}'])
  })
})
