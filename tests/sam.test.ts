import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { GetBucketEncryptionCommand, GetBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { parse } from 'yaml'
import { Clone } from './clone.ts'
import { templateFile, withCloud } from './cloud.ts'
import { refusalOf } from './refusal.ts'
import { shared } from './shared.ts'
import { stackFacts } from './stackFacts.ts'
import { toolPath } from './tools/tools.ts'

describe('the SAM CLI against the local cloud', function () {
  this.timeout(180_000)
  before(function () {
    if (toolPath('sam').length === 0) this.skip()
  })
  const t = withCloud({ chapter: 'all' })
  const clone = shared(
    'the copy of the project',
    async () => new Clone(),
    (copy) => copy.remove(),
  )
  const npm = async (command: string, input?: string) => {
    const { code, output } = await clone.run(`npm run --silent sam -- ${command}`, {
      env: { AWS_ENDPOINT_URL: t.config().endpoint, SAM_CLI_TELEMETRY: '0' },
      ...(input === undefined ? {} : { input }),
    })
    return { code, output }
  }
  const well = async (command: string, input?: string): Promise<string> => {
    const { code, output } = await npm(command, input)
    expect(code, `sam ${command}:\n${output}`).to.equal(0)
    return output
  }
  const statusOf = async (StackName: string) =>
    (await new CloudFormationClient(t.config()).send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus

  it('builds and deploys one chapter, with the bucket that it makes itself', async () => {
    await well('build --chapter 02')
    const output = await well('deploy --config-env ch02')

    const s3 = new S3Client({ ...t.config(), forcePathStyle: true })
    const Bucket = /Managed S3 bucket: (\S+)/.exec(output)?.[1] ?? ''
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }))
    const { ServerSideEncryptionConfiguration: encryption } = await s3.send(new GetBucketEncryptionCommand({ Bucket }))
    const { Functions = [] } = await new LambdaClient(t.config()).send(new ListFunctionsCommand({}))
    expect(output).to.contain('Successfully created/updated stack - lambda-in-action-ch02 in us-east-1')
    expect(await statusOf('aws-sam-cli-managed-default')).to.equal('CREATE_COMPLETE')
    expect(Status).to.equal('Enabled')
    expect(encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).to.equal('aws:kms')
    expect(Functions.filter(({ FunctionName }) => FunctionName?.startsWith('lambda-in-action-ch02-'))).to.have.length(2)
  })

  it('deploys nothing where nothing has changed', async () => {
    const { code, output } = await npm('deploy --config-env ch02')

    expect(code).to.equal(1)
    expect(output).to.contain('No changes to deploy. Stack lambda-in-action-ch02 is up to date')
  })

  it('lists, invokes and reads the log', async () => {
    const resources = await well('list resources --stack-name lambda-in-action-ch02')
    const invoked = await well(
      'remote invoke GreetingsOnDemand --config-env ch02 --event-file chapters/02-first-function/events/greetingsOnDemand.john.json',
    )
    const log = await well('logs --stack-name lambda-in-action-ch02 --name GreetingsOnDemand')

    expect(resources).to.contain('CustomGreetingsOnDemand')
    expect(invoked).to.contain('"Hello John!"')
    expect(log).to.contain('Hello John!').and.contain('REPORT RequestId:')
  })

  it('deletes the stack', async () => {
    const no = await well('delete --config-env ch02', 'n\n')
    const kept = await statusOf('lambda-in-action-ch02')
    await well('delete --config-env ch02', 'y\n')

    expect(no).to.contain('Delete the stack lambda-in-action-ch02? [y/N]')
    expect(kept).to.equal('CREATE_COMPLETE')
    expect((await refusalOf(statusOf('lambda-in-action-ch02'))).message).to.equal(
      'Stack with id lambda-in-action-ch02 does not exist',
    )
  })

  it('asks, guided, for what it needs', async () => {
    const { Parameters: parameters } = parse(readFileSync(templateFile, 'utf8'), { logLevel: 'silent' })
    // A hidden answer may not be empty.
    const answer = (name: string) => (name === 'Chapter' ? '02' : parameters[name].NoEcho ? 'a-token-of-a-test' : '')
    const given = Object.keys(parameters).map(answer)
    const [confirm, iam, keep, save, deploy] = ['y', 'y', 'n', 'n', 'y']
    const answers = ['guided-02', 'us-east-1', ...given, confirm, iam, keep, save, deploy]

    const output = await well('deploy --guided', `${answers.join('\n')}\n`)

    expect(output).to.contain('Successfully created/updated stack - guided-02 in us-east-1')
    expect(await statusOf('guided-02')).to.equal('CREATE_COMPLETE')
  })

  it('makes of the whole template what npm start makes', async () => {
    await well('build')
    // The address of the stack `local` is taken: an account verifies it once.
    await well('deploy --parameter-overrides EmailSource=somebody@example.com')

    const [started, deployed] = [
      await stackFacts('local', t.config()),
      await stackFacts('lambda-in-action', t.config()),
    ]
    expect(Object.keys(deployed).sort()).to.deep.equal(Object.keys(started).sort())
    for (const [id, facts] of Object.entries(started)) expect(deployed[id], id).to.deep.equal(facts)
  })

  it('lists resources, the addresses of APIs, and outputs', async () => {
    const list = async (what: string): Promise<Record<string, unknown>[]> =>
      parse((await well(`list ${what} --stack-name lambda-in-action --output json`)).replace(/^\d[^\n]*\n/gm, ''))
    const resources = await list('resources')
    const endpoints = await list('endpoints')
    const outputs = await list('stack-outputs')

    const utilities = endpoints.find(({ LogicalResourceId: id }) => id === 'MyUtilities') ?? {}
    const { OutputValue: address } = outputs.find(({ OutputKey: key }) => key === 'MyUtilitiesUrl') ?? {}
    expect(resources).to.deep.include({
      LogicalResourceId: 'MyUtilities',
      PhysicalResourceId: utilities.PhysicalResourceId,
    })
    expect(utilities.CloudEndpoint).to.deep.equal([address])
    expect(utilities.Methods).to.include("/greeting['get', 'post']")
    expect(endpoints.find(({ LogicalResourceId: id }) => id === 'GreetingsProxy')?.CloudEndpoint).to.equal('-')
  })

  it('puts changed code in place, without a deployment', async () => {
    const file = join(clone.folder, 'chapters/02-first-function/greetingsOnDemand.ts')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('`Hello ', '`Ciao '))

    await well('sync --code --stack-name lambda-in-action --resource-id GreetingsOnDemand', 'y\n')
    const invoked = await well(
      `remote invoke GreetingsOnDemand --stack-name lambda-in-action --event '{"name":"John"}'`,
    )

    expect(invoked).to.contain('"Ciao John!"')
  })

  it('empties the buckets of a stack before it deletes it', async () => {
    const Bucket = 'lambda-in-action-123456789012-pictures'
    const s3 = new S3Client({ ...t.config(), forcePathStyle: true })
    const Body = readFileSync(join(import.meta.dirname, '..', 'package.json'))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'other/a', Body }))

    const output = await well('delete --no-prompts')

    expect(output).to.contain(`${Bucket}: 1 deleted`)
    expect((await refusalOf(statusOf('lambda-in-action'))).message).to.equal(
      'Stack with id lambda-in-action does not exist',
    )
  })

  it('says which stack it misses', async () => {
    const { code, output } = await npm('delete --config-env ch99')

    expect({ code, output: output.trim() }).to.deep.equal({
      code: 1,
      output: 'Which stack? samconfig.toml has no environment "ch99": give --stack-name.',
    })
  })
})
