import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { withCloud } from './cloud.ts'
import { toolPath } from './tools/tools.ts'

const TEMPLATE = `
Transform: AWS::Serverless-2016-10-31
Parameters:
  Greeting: { Type: String, Default: Hello }
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: index.handler
      Runtime: nodejs24.x
      Environment: { Variables: { GREETING: !Ref Greeting } }
Outputs:
  Name: { Value: !Ref Greet }
`
const CODE = "export const handler = async ({ name }) => process.env.GREETING + ' ' + name + '!'\n"

/** What boto3 says of a stack, by its resources ("CloudFormation.Stack"), from creation to deletion. */
const BOTO3 = `
import json, sys, boto3
cloudformation = boto3.resource('cloudformation')
stack = cloudformation.create_stack(StackName='by-boto3', TemplateBody=sys.argv[1], Tags=[{'Key': 'team', 'Value': 'a'}])
client = cloudformation.meta.client
client.get_waiter('stack_create_complete').wait(StackName='by-boto3', WaiterConfig={'Delay': 1, 'MaxAttempts': 30})
stack.reload()
told = {
    'status': stack.stack_status,
    'tags': stack.tags,
    'outputs': stack.outputs,
    'resources': [[one.logical_resource_id, one.resource_status] for one in stack.resource_summaries.all()],
    'resource': stack.Resource('Group').resource_type,
    'events': [one.resource_status for one in stack.events.all()][::-1],
    'all': [one.name for one in cloudformation.stacks.all()],
}
try:
    stack.update(UsePreviousTemplate=True)
except client.exceptions.ClientError as error:
    told['refused'] = error.response['Error']
stack.delete()
client.get_waiter('stack_delete_complete').wait(StackName='by-boto3', WaiterConfig={'Delay': 1, 'MaxAttempts': 30})
try:
    stack.reload()
except client.exceptions.ClientError as error:
    told['gone'] = error.response['Error']['Message']
print(json.dumps(told))
`

describe('CloudFormation, by the tools written in Python', function () {
  this.timeout(120_000)
  const t = withCloud()
  let folder: string
  before(function () {
    if (['aws', 'python'].some((tool) => toolPath(tool).length === 0)) return this.skip()
    folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-tools-'))
  })
  after(() => folder && rmSync(folder, { recursive: true, force: true }))

  const run = async (tool: 'aws' | 'python' | 'sam', ...args: string[]) => {
    const { endpoint, credentials, region } = t.config()
    const program = join(toolPath(tool)[0] ?? '', tool)
    const { stdout, stderr } = await promisify(execFile)(program, args, {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        AWS_ENDPOINT_URL: endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_DEFAULT_REGION: region,
        AWS_MAX_ATTEMPTS: '1',
        SAM_CLI_TELEMETRY: '0',
        SAM_CLI_POLL_DELAY: '0.5',
      },
    })
    return `${stdout}${stderr}`
  }
  const cloudformation = (...args: string[]) => run('aws', 'cloudformation', ...args)
  const deploy = (...args: string[]) =>
    cloudformation(
      'deploy',
      ...['--template-file', 'packaged.yaml', '--stack-name', 'by-aws'],
      ...['--capabilities', 'CAPABILITY_IAM', ...args],
    )
  const greeting = async () => {
    const name = await cloudformation(
      ...[
        'describe-stacks',
        '--stack-name',
        'by-aws',
        '--query',
        'Stacks[0].Outputs[0].OutputValue',
        '--output',
        'text',
      ],
    )
    writeFileSync(join(folder, 'event.json'), '{"name":"Ada"}')
    await run('aws', 'lambda', 'invoke', '--function-name', name.trim(), '--payload', 'fileb://event.json', 'out.json')
    return JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))
  }

  it('aws cloudformation: package, deploy, again with another parameter, wait, delete', async () => {
    await new S3Client({ ...t.config(), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'packages' }))
    writeFileSync(join(folder, 'template.yaml'), TEMPLATE)
    mkdirSync(join(folder, 'code'))
    writeFileSync(join(folder, 'code', 'index.mjs'), CODE)

    await cloudformation(
      ...['package', '--template-file', 'template.yaml', '--s3-bucket', 'packages'],
      ...['--output-template-file', 'packaged.yaml'],
    )
    const made = await deploy()
    const first = await greeting()
    await deploy('--parameter-overrides', 'Greeting=Ciao')
    const second = await greeting()
    const again = await deploy('--parameter-overrides', 'Greeting=Ciao', '--no-fail-on-empty-changeset')
    await cloudformation('wait', 'stack-update-complete', '--stack-name', 'by-aws')
    await cloudformation('delete-stack', '--stack-name', 'by-aws')
    await cloudformation('wait', 'stack-delete-complete', '--stack-name', 'by-aws')
    const gone = await cloudformation('describe-stacks', '--stack-name', 'by-aws').catch(
      (error: Error) => error.message,
    )

    expect(readFileSync(join(folder, 'packaged.yaml'), 'utf8')).to.contain('CodeUri: s3://packages/')
    expect(made).to.contain('Successfully created/updated stack - by-aws')
    expect([first, second]).to.deep.equal(['Hello Ada!', 'Ciao Ada!'])
    expect(again).to.contain('No changes to deploy. Stack by-aws is up to date')
    expect(gone).to.contain('An error occurred (ValidationError) when calling the DescribeStacks operation')
    expect(gone).to.contain('Stack with id by-aws does not exist')
  })

  it('sam deploy: what a failure leads to is asked for, and a stack that stays as it is is rolled back by hand', async () => {
    const template = (Size: number) => ({
      Resources: {
        Group: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: Size } },
        Other: { Type: 'AWS::Logs::LogGroup', DependsOn: 'Group', Properties: { LogGroupName: `other-${Size}` } },
      },
    })
    const deployed = async (name: string, size: number, ...args: string[]) => {
      writeFileSync(join(folder, 'failing.json'), JSON.stringify(template(size)))
      const file = [
        '--template-file',
        'failing.json',
        '--stack-name',
        name,
        '--region',
        'us-east-1',
        '--no-progressbar',
      ]
      return run('sam', 'deploy', ...file, ...args).catch((error: Error) => error.message)
    }
    const stackOf = (name: string, query: string) =>
      cloudformation('describe-stacks', '--stack-name', name, '--query', `Stacks[0].${query}`, '--output', 'text').then(
        (text) => text.trim(),
        (error: Error) => error.message,
      )
    const theirs = (size: number) => run('aws', 'logs', 'create-log-group', '--log-group-name', `other-${size}`)
    await Promise.all([theirs(5), theirs(7)])

    const gone = await deployed('by-sam', 5, '--on-failure', 'DELETE')
    const nothing = await stackOf('by-sam', 'StackStatus')
    await deployed('by-sam', 1)
    const kept = await deployed('by-sam', 7, '--disable-rollback')
    const failed = await stackOf('by-sam', '[StackStatus,DisableRollback]')
    await cloudformation('rollback-stack', '--stack-name', 'by-sam')
    await cloudformation('wait', 'stack-rollback-complete', '--stack-name', 'by-sam')
    const back = await stackOf('by-sam', 'StackStatus')
    await cloudformation('delete-stack', '--stack-name', 'by-sam')
    await cloudformation('wait', 'stack-delete-complete', '--stack-name', 'by-sam')

    expect(gone).to.contain('Stack by-sam has been deleted')
    expect(nothing).to.contain('Stack with id by-sam does not exist')
    expect(kept).to.contain('aws cloudformation rollback-stack --stack-name by-sam')
    expect(failed).to.equal('UPDATE_FAILED\tTrue')
    expect(back).to.equal('UPDATE_ROLLBACK_COMPLETE')
  })

  it('boto3: stacks as resources, their waiters and collections', async () => {
    const template = {
      Resources: { Group: { Type: 'AWS::Logs::LogGroup' } },
      Outputs: { Name: { Value: { Ref: 'Group' } } },
    }

    const told = JSON.parse(await run('python', '-c', BOTO3, JSON.stringify(template)))

    expect(told.outputs[0].OutputValue).to.match(/^by-boto3-Group-[A-Z0-9]+$/)
    expect({ ...told, outputs: undefined }).to.deep.equal({
      status: 'CREATE_COMPLETE',
      tags: [{ Key: 'team', Value: 'a' }],
      outputs: undefined,
      resources: [['Group', 'CREATE_COMPLETE']],
      resource: 'AWS::Logs::LogGroup',
      events: ['CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'CREATE_COMPLETE'],
      all: ['by-boto3'],
      refused: { Type: 'Sender', Code: 'ValidationError', Message: 'No updates are to be performed.' },
      gone: 'Stack with id by-boto3 does not exist',
    })
  })
})
