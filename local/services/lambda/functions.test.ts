import {
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { zipSync } from 'fflate'
import { ENVIRONMENT, ONE, sha256, TWO, withLambda } from '../../../tests/lambda.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { arnOf, packageOf, roleArn } from './fixture.ts'

describe('functions', () => {
  const { cloud, lambda, create, run } = withLambda()

  const configuration = (FunctionName: string) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))

  describe('UpdateFunctionCode', () => {
    it('makes the next invocation run the new code', async () => {
      const before = await create('code', ONE)
      const first = await run('code')

      const after = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'code', ZipFile: packageOf(TWO) }))

      expect([first, await run('code')]).to.deep.equal(['one', 'two'])
      expect(after.CodeSha256).to.equal(sha256(packageOf(TWO)))
      expect(after.RevisionId).to.not.equal(before.RevisionId)
    })

    it('as a dry run says what would be, and changes nothing', async () => {
      await create('dry', ONE)

      const said = await lambda.send(
        new UpdateFunctionCodeCommand({ FunctionName: 'dry', ZipFile: packageOf(TWO), DryRun: true }),
      )

      expect(said.CodeSha256).to.equal(sha256(packageOf(TWO)))
      expect((await configuration('dry')).CodeSha256).to.equal(sha256(packageOf(ONE)))
      expect(await run('dry')).to.equal('one')
    })

    it('refuses another revision than the last, a broken package, a function that is not there', async () => {
      await create('guarded', ONE)
      const ZipFile = packageOf(TWO)
      const update = (input: object) =>
        refusalOf(lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'guarded', ZipFile, ...input })))

      expect(await update({ RevisionId: 'another' })).to.deep.equal({
        name: 'PreconditionFailedException',
        status: 412,
        message:
          'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      })
      expect(await update({ ZipFile: Buffer.from('x') })).to.include({ name: 'InvalidParameterValueException' })
      expect(await update({ FunctionName: 'nobody' })).to.include({ name: 'ResourceNotFoundException', status: 404 })
      expect(await update({ Publish: true })).to.include({ name: 'InvalidParameterValueException' })
      expect(await run('guarded')).to.equal('one')
    })
  })

  describe('UpdateFunctionConfiguration', () => {
    it('changes what it names, keeps the rest, and the next invocation sees it', async () => {
      await create('config', ENVIRONMENT, { Description: 'kept', Environment: { Variables: { COLOUR: 'red' } } })
      const first = await run('config')
      const update = (input: object) =>
        lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'config', ...input }))

      const changed = await update({ Environment: { Variables: { COLOUR: 'blue' } }, Timeout: 10 })
      const second = await run('config')
      await update({ Environment: { Variables: {} } })

      expect([first, second, await run('config')]).to.deep.equal(['red', 'blue', 'none'])
      expect(changed).to.include({ Description: 'kept', Timeout: 10, MemorySize: 128 })
    })

    it('refuses what CreateFunction refuses, and another revision', async () => {
      await create('strict', ONE)
      const update = (input: object) =>
        refusalOf(lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'strict', ...input })))

      expect(await update({ MemorySize: 1 })).to.include({ name: 'ValidationException', status: 400 })
      expect(await update({ Role: roleArn('of-ec2') })).to.include({
        name: 'InvalidParameterValueException',
        message: 'The role defined for the function cannot be assumed by Lambda.',
      })
      expect(await update({ RevisionId: 'another' })).to.include({ name: 'PreconditionFailedException', status: 412 })
    })
  })

  it('let an invocation under way finish with the code and settings that it began with', async () => {
    const source = (name: string) => `export const handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      return (await import('./late.mjs')).default
    } // ${name}`
    const zip = (name: string) =>
      zipSync({ 'index.mjs': Buffer.from(source(name)), 'late.mjs': Buffer.from(`export default '${name}'`) })
    await create('busy', ONE, { Code: { ZipFile: zip('old') } })

    const underWay = run('busy')
    await new Promise((resolve) => setTimeout(resolve, 150))
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'busy', ZipFile: zip('new') }))

    expect([await run('busy'), await underWay]).to.deep.equal(['new', 'old'])
  })

  describe('ListFunctions', () => {
    it('gives pages in the order of names, each function once', async () => {
      for (const name of ['page-c', 'page-a', 'page-b']) await create(name, ONE)
      const names: (string | undefined)[] = []
      let Marker: string | undefined
      do {
        const page = await lambda.send(new ListFunctionsCommand({ MaxItems: 2, Marker }))
        expect(page.Functions?.length).to.be.within(1, 2)
        names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName))
        Marker = page.NextMarker
      } while (Marker)

      expect(names).to.include.members(['page-a', 'page-b', 'page-c'])
      expect(names).to.deep.equal([...new Set(names)].sort())
    })

    it('refuses a page of 0, and gives no functions of another region', async () => {
      const elsewhere = new LambdaClient({ ...cloud.config(), region: 'eu-west-1' })

      const refusal = await refusalOf(lambda.send(new ListFunctionsCommand({ MaxItems: 0 })))
      const { Functions } = await elsewhere.send(new ListFunctionsCommand({}))

      elsewhere.destroy()
      expect(refusal).to.include({ name: 'ValidationException', status: 400 })
      expect(Functions).to.deep.equal([])
    })
  })

  it('ListVersionsByFunction knows $LATEST', async () => {
    await create('versions', ONE)

    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'versions' }))

    expect(Versions?.map(({ Version, FunctionArn }) => [Version, FunctionArn])).to.deep.equal([
      ['$LATEST', `${arnOf('versions')}:$LATEST`],
    ])
  })

  it('DeleteFunction answers 204; after it there is nothing to invoke or delete', async () => {
    await create('gone', ONE)
    await run('gone')

    const { $metadata } = await lambda.send(new DeleteFunctionCommand({ FunctionName: 'gone' }))

    expect($metadata.httpStatusCode).to.equal(204)
    const missing = { name: 'ResourceNotFoundException', status: 404, message: `Function not found: ${arnOf('gone')}` }
    expect(await refusalOf(run('gone'))).to.deep.equal(missing)
    expect(await refusalOf(lambda.send(new DeleteFunctionCommand({ FunctionName: 'gone' })))).to.deep.equal(missing)
  })

  it('tags are added, changed, removed and listed', async () => {
    await create('tagged', ONE, { Tags: { a: '1', b: '2' } })
    const Resource = arnOf('tagged')

    await lambda.send(new TagResourceCommand({ Resource, Tags: { b: '3', c: '4' } }))
    await lambda.send(new UntagResourceCommand({ Resource, TagKeys: ['a'] }))
    const { Tags } = await lambda.send(new ListTagsCommand({ Resource }))

    expect(Tags).to.deep.equal({ b: '3', c: '4' })
    expect(await refusalOf(lambda.send(new ListTagsCommand({ Resource: arnOf('nobody') })))).to.include({ status: 404 })
    expect(await refusalOf(lambda.send(new TagResourceCommand({ Resource, Tags: { x: 'y'.repeat(257) } })))).to.include(
      { name: 'InvalidParameterValueException', status: 400 },
    )
  })

  it('GetAccountSettings gives limits and use', async () => {
    const settings = () => lambda.send(new GetAccountSettingsCommand({}))
    const before = (await settings()).AccountUsage

    await create('counted', ONE)
    const { AccountLimit, AccountUsage } = await settings()

    expect(AccountLimit).to.deep.equal({
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: 1000,
      UnreservedConcurrentExecutions: 1000,
    })
    expect(AccountUsage).to.deep.equal({
      FunctionCount: (before?.FunctionCount ?? 0) + 1,
      TotalCodeSize: (before?.TotalCodeSize ?? 0) + packageOf(ONE).length,
    })
  })
})
