import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { movableClock } from '../base/clock.ts'
import type { Ground } from '../base/ground.ts'
import { randomIds } from '../base/ids.ts'
import { createOutbox } from '../base/outbox.ts'
import { openState, type State } from '../base/state.ts'
import { background } from '../services/background.ts'
import { catalogue } from '../services/catalogue.ts'
import { createDispatch } from '../services/dispatch.ts'
import type { Cloud } from '../services/service.ts'
import { createStacks, type Stacks } from './stacks.ts'

const header = 'Transform: AWS::Serverless-2016-10-31\nResources:\n'
const greeter = (settings = '') => `  Greeter:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs24.x
      Handler: index.handler
      InlineCode: exports.handler = async () => 'hello'
${settings}`
const policies = (action: string) => `      Policies:
        - Statement: {Effect: Allow, Action: '${action}', Resource: '*'}
`
const uploads = `      Events:
        Uploaded: {Type: S3, Properties: {Bucket: !Ref Pictures, Events: 's3:ObjectCreated:*'}}
`
const pictures = '  Pictures: {Type: AWS::S3::Bucket}\n'

describe('stacks of the real services', () => {
  let folder: string
  let state: State
  let stacks: Stacks
  let cloud: Cloud

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stacks-'))
    state = openState(folder)
    const clock = movableClock()
    const outbox = createOutbox(state, clock, (error) => {
      throw error
    })
    const ground: Ground = {
      account: '123456789012',
      state,
      clock,
      ids: randomIds(),
      outbox,
      log: () => {},
      cache: folder,
      url: () => 'http://127.0.0.1:1',
    }
    const dispatch = createDispatch(ground, catalogue)
    const arn = 'arn:aws:iam::123456789012:user/local'
    cloud = dispatch.cloud(
      background(ground, { kind: 'user', arn, account: '123456789012', userId: 'AIDALOCAL' }, 'us-east-1'),
    )
    stacks = createStacks({ ground, dispatch })
  })
  afterEach(() => {
    state.close()
    rmSync(folder, { recursive: true })
  })

  const deploy = (resources: string, name = 'local') =>
    stacks.deploy({ name, template: header + resources, file: join(folder, 'template.yaml') })
  const failing = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('nothing was thrown'),
      (error: Error) => error,
    )
  const functions = async () => {
    const { Functions = [] } = await cloud('lambda').ListFunctions({})
    return Functions.map(({ FunctionName }) => FunctionName)
  }
  const buckets = async () => (await cloud('s3').ListBuckets({})).Buckets?.map(({ Name }) => Name)

  it('makes a function with its role, and changes both', async () => {
    await deploy(greeter(policies('s3:GetObject')))

    const before = await cloud('lambda').GetFunctionConfiguration({ FunctionName: 'Greeter' })
    expect(before).to.deep.include({
      Role: 'arn:aws:iam::123456789012:role/GreeterRole',
      MemorySize: 128,
      Handler: 'index.handler',
    })

    await deploy(greeter(`      MemorySize: 256\n${policies('s3:PutObject')}`))

    const after = await cloud('lambda').GetFunctionConfiguration({ FunctionName: 'Greeter' })
    const policy = await cloud('iam').GetRolePolicy({ RoleName: 'GreeterRole', PolicyName: 'GreeterRolePolicy0' })
    expect(after.MemorySize).to.equal(256)
    expect(decodeURIComponent(policy.PolicyDocument ?? '')).to.contain('s3:PutObject')
  })

  it('tells a bucket of its function, and takes that back', async () => {
    await deploy(greeter(uploads) + pictures)

    const told = await cloud('s3').GetBucketNotificationConfiguration({ Bucket: 'pictures' })
    const policy = await cloud('lambda').GetPolicy({ FunctionName: 'Greeter' })
    expect(told.LambdaFunctionConfigurations).to.have.length(1)
    expect(told.LambdaFunctionConfigurations?.[0]).to.deep.include({
      LambdaFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:Greeter',
      Events: ['s3:ObjectCreated:*'],
    })
    expect(policy.Policy).to.contain('s3.amazonaws.com')

    await deploy(greeter() + pictures)

    const after = await cloud('s3').GetBucketNotificationConfiguration({ Bucket: 'pictures' })
    expect(after.LambdaFunctionConfigurations ?? []).to.deep.equal([])
    expect(await failing(cloud('lambda').GetPolicy({ FunctionName: 'Greeter' }))).to.have.property(
      'name',
      'ResourceNotFoundException',
    )
  })

  it('leaves nothing behind when a resource fails half-way through its own creation', async () => {
    // The function is created, then Lambda refuses to reserve that much.
    const error = await failing(deploy(pictures + greeter('      ReservedConcurrentExecutions: 100000\n')))

    expect(error.message).to.match(
      /^template\.yaml:4, Resources\.Greeter: Greeter \(AWS::Lambda::Function\) could not be created: /,
    )
    expect(error.message).to.contain('(InvalidParameterValueException)\nThe stack is as it was before.')
    expect(await functions()).to.deep.equal([])
    expect(await buckets()).to.deep.equal([])
    const { Roles = [] } = await cloud('iam').ListRoles({})
    expect(Roles.map(({ RoleName }) => RoleName)).not.to.include('GreeterRole')
  })

  it('goes back to what was when an update fails', async () => {
    await deploy(greeter(policies('s3:GetObject')))

    const error = await failing(deploy(`${pictures}${greeter(`      MemorySize: 64\n${policies('s3:PutObject')}`)}`))

    const policy = await cloud('iam').GetRolePolicy({ RoleName: 'GreeterRole', PolicyName: 'GreeterRolePolicy0' })
    expect(error.message).to.contain('Greeter (AWS::Lambda::Function) could not be updated')
    expect(decodeURIComponent(policy.PolicyDocument ?? '')).to.contain('s3:GetObject')
    expect(await buckets()).to.deep.equal([])
    expect(stacks.describe('local')?.status).to.equal('UPDATE_ROLLBACK_COMPLETE')
  })

  it('replaces a table whose key changes, and tells the function that uses it', async () => {
    const table = (key: string) =>
      `  Items: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: ${key}, Type: String}}}\n`
    const user = greeter('      Environment: {Variables: {TABLE: !Ref Items}}\n')
    const variables = async () =>
      (await cloud('lambda').GetFunctionConfiguration({ FunctionName: 'Greeter' })).Environment?.Variables
    await deploy(user + table('id'))
    expect(await variables()).to.deep.equal({ TABLE: 'Items' })

    await deploy(user + table('name'))

    const { TableNames = [] } = await cloud('dynamodb').ListTables({})
    expect(TableNames).to.have.length(1)
    expect(TableNames[0]).to.match(/^Items-[A-Z0-9]{12}$/)
    expect(await variables()).to.deep.equal({ TABLE: TableNames[0] })
  })

  it('has nothing to do for the template of the project when it is deployed again', async () => {
    const file = join(import.meta.dirname, '..', '..', 'template.yaml')
    const template = readFileSync(file, 'utf8')
    const first = await stacks.deploy({ name: 'local', template, file })
    const heard: unknown[] = []

    const second = await stacks.deploy({ name: 'local', template, file, onEvent: (event) => heard.push(event) })

    expect(first.status).to.equal('CREATE_COMPLETE')
    expect(first.resources.every(({ status }) => status === 'CREATE_COMPLETE')).to.equal(true)
    expect(heard).to.deep.equal([])
    expect(second).to.deep.equal(first)
  })

  it('gives two stacks of one template names of their own', async () => {
    await deploy(greeter(uploads) + pictures, 'one')
    await deploy(greeter(uploads) + pictures, 'two')

    expect((await functions()).map((name) => name?.replace(/[A-Z0-9]{12}$/, 'X'))).to.have.members([
      'one-Greeter-X',
      'two-Greeter-X',
    ])
    expect((await buckets())?.map((name) => name?.replace(/[a-z0-9]{12}$/, 'x'))).to.have.members([
      'one-pictures-x',
      'two-pictures-x',
    ])

    await stacks.delete('one')

    expect(await functions()).to.have.length(1)
    expect(await buckets()).to.have.length(1)
  })

  it('does not delete a bucket that is not empty, and does once it is', async () => {
    await deploy(greeter() + pictures)
    await cloud('s3').PutObject({ Bucket: 'pictures', Key: 'a', Body: 'x' })

    const error = await failing(stacks.delete('local'))

    expect(error.message).to.equal(
      'The stack local could not be deleted. Pictures: The bucket you tried to delete is not empty (BucketNotEmpty)',
    )
    expect(await functions()).to.deep.equal([])
    await cloud('s3').DeleteObject({ Bucket: 'pictures', Key: 'a' })
    await stacks.delete('local')
    expect(await buckets()).to.deep.equal([])
    expect(stacks.list()).to.deep.equal([])
  })
})
