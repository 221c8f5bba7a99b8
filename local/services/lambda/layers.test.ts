import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Lambda } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { strToU8, zipSync } from 'fflate'
import { told, withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { createRole, functionOf, roleArn, sessionOf, trust } from './fixture.ts'

const LAYER = 'arn:aws:lambda:us-east-1:123456789012:layer'
const FOLDER = 'nodejs/node_modules'

/** A layer with a module in ECMAScript, `told`, and one in CommonJS, `plain`. */
const layerOf = (text: string, folder = FOLDER) =>
  zipSync({
    [`${folder}/told/package.json`]: strToU8(JSON.stringify({ type: 'module', exports: { import: './told.js' } })),
    [`${folder}/told/told.js`]: strToU8(`export const told = ${JSON.stringify(text)}`),
    [`${folder}/plain/index.js`]: strToU8(`exports.plain = ${JSON.stringify(text)}`),
  })

const SOURCE = `import { told } from 'told'
import { createRequire } from 'node:module'
import plain from 'plain'
const required = createRequire(import.meta.url)('plain')
export const handler = async () => [told, plain.plain, required.plain]`

describe('Lambda: layers', () => {
  const cloud = withCloud()
  let lambda: Lambda
  before(async () => {
    lambda = new Lambda(cloud.config())
    await createRole(cloud.config(), 'basic')
  })
  after(() => lambda.destroy())
  const publish = async (LayerName: string, text: string, more = {}) =>
    (await lambda.publishLayerVersion({ LayerName, Content: { ZipFile: layerOf(text) }, ...more })).LayerVersionArn ??
    ''
  const answerOf = async (FunctionName: string) => {
    const { Payload } = await lambda.invoke({ FunctionName })
    return JSON.parse(Payload?.transformToString() ?? '')
  }

  it('have versions, counted from 1, whose numbers are never given again', async () => {
    const first = await lambda.publishLayerVersion({
      LayerName: 'counted',
      Description: 'first',
      Content: { ZipFile: layerOf('one') },
      CompatibleRuntimes: ['nodejs24.x'],
      LicenseInfo: 'MIT',
    })
    await publish('counted', 'two')
    await lambda.deleteLayerVersion({ LayerName: 'counted', VersionNumber: 2 })

    expect(await publish('counted', 'three')).to.equal(`${LAYER}:counted:3`)
    expect(first).to.deep.include({
      LayerArn: `${LAYER}:counted`,
      LayerVersionArn: `${LAYER}:counted:1`,
      Version: 1,
      Description: 'first',
      CompatibleRuntimes: ['nodejs24.x'],
      LicenseInfo: 'MIT',
    })
    expect(first.Content?.CodeSize).to.equal(layerOf('one').length)
    expect(first.CreatedDate).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+\+0000$/)
    const { $metadata: _, ...published } = first
    const { $metadata: __, ...got } = await lambda.getLayerVersion({ LayerName: 'counted', VersionNumber: 1 })
    expect(got).to.deep.equal(published)
    expect(await lambda.getLayerVersionByArn({ Arn: `${LAYER}:counted:1` })).to.deep.include({ Version: 1 })
    const { LayerVersions } = await lambda.listLayerVersions({ LayerName: 'counted' })
    expect(LayerVersions?.map(({ Version }) => Version)).to.deep.equal([3, 1])
    const forRuntime = await lambda.listLayerVersions({ LayerName: 'counted', CompatibleRuntime: 'nodejs24.x' })
    expect(forRuntime.LayerVersions?.map(({ Version }) => Version)).to.deep.equal([1])
  })

  it('are listed with their newest version, a page at a time', async () => {
    for (const name of ['list-a', 'list-b', 'list-c']) await publish(name, name)

    const listed: (string | undefined)[] = []
    let Marker: string | undefined
    do {
      const page = await lambda.listLayers({ MaxItems: 2, Marker })
      expect(page.Layers?.length).to.be.within(1, 2)
      listed.push(...(page.Layers ?? []).map((one) => one.LatestMatchingVersion?.LayerVersionArn))
      Marker = page.NextMarker
    } while (Marker)

    expect(listed).to.include.members(['list-a', 'list-b', 'list-c'].map((name) => `${LAYER}:${name}:1`))
    expect(new Set(listed).size).to.equal(listed.length)
  })

  it('bring modules, to import and to require', async () => {
    const arn = await publish('modules', 'from the layer')
    const made = await lambda.createFunction(functionOf('uses', SOURCE, { Layers: [arn] }))

    expect(await answerOf('uses'), told(cloud)).to.deep.equal(['from the layer', 'from the layer', 'from the layer'])
    expect(made.Layers).to.deep.equal([{ Arn: arn, CodeSize: layerOf('from the layer').length }])
    const other = await publish('modules', 'from the next one')
    await lambda.updateFunctionConfiguration({ FunctionName: 'uses', Layers: [other] })
    expect((await answerOf('uses'))[0]).to.equal('from the next one')
    await lambda.updateFunctionConfiguration({ FunctionName: 'uses', Description: 'the layers stay' })
    expect((await answerOf('uses'))[0]).to.equal('from the next one')
    await lambda.updateFunctionConfiguration({ FunctionName: 'uses', Layers: [] })
    expect(await answerOf('uses'))
      .to.include({ errorType: 'Error' })
      .and.to.have.property('errorMessage')
      .that.matches(/Cannot find package 'told'/)
  })

  it('lie over each other, the last one on top', async () => {
    const [below, above] = [await publish('below', 'below'), await publish('above', 'above')]
    await lambda.createFunction(functionOf('both', SOURCE, { Layers: [below, above] }))

    expect((await answerOf('both'))[0]).to.equal('above')
  })

  it('stay with the functions that have them when a version is deleted', async () => {
    const arn = await publish('leaving', 'still there')
    await lambda.createFunction(functionOf('keeps', SOURCE, { Layers: [arn] }))

    await lambda.deleteLayerVersion({ LayerName: 'leaving', VersionNumber: 1 })

    expect((await answerOf('keeps'))[0]).to.equal('still there')
    expect(await refusalOf(lambda.getLayerVersion({ LayerName: 'leaving', VersionNumber: 1 }))).to.include({
      name: 'ResourceNotFoundException',
      status: 404,
    })
    expect(await refusalOf(lambda.createFunction(functionOf('late', SOURCE, { Layers: [arn] })))).to.deep.equal({
      name: 'InvalidParameterValueException',
      status: 400,
      message: `Layer version ${arn} does not exist.`,
    })
    await lambda.deleteLayerVersion({ LayerName: 'leaving', VersionNumber: 1 })
  })

  for (const [what, layers, message] of [
    [
      'more than five',
      Array.from({ length: 6 }, (_, index) => `${LAYER}:l${index}:1`),
      'Cannot reference more than 5 layers.',
    ],
    [
      'two versions of one',
      [`${LAYER}:counted:1`, `${LAYER}:counted:3`],
      'Two different versions of the same layer are not allowed to be referenced in the same function.',
    ],
  ] as const)
    it(`are refused: ${what}`, async () => {
      expect(
        await refusalOf(lambda.createFunction(functionOf('refused', SOURCE, { Layers: [...layers] }))),
      ).to.deep.equal({
        name: 'InvalidParameterValueException',
        status: 400,
        message,
      })
    })

  it('are refused: what is no package, and what is no name', async () => {
    const broken = { LayerName: 'broken', Content: { ZipFile: strToU8('no zip') } }
    expect((await refusalOf(lambda.publishLayerVersion(broken))).message).to.match(/^Could not unzip uploaded file/)
    expect((await refusalOf(lambda.publishLayerVersion({ ...broken, Content: {} }))).name).to.equal(
      'InvalidParameterValueException',
    )
    expect((await refusalOf(lambda.publishLayerVersion({ ...broken, LayerName: 'a b' }))).message).to.match(/layerName/)
    expect((await refusalOf(lambda.createFunction(functionOf('no', SOURCE, { Layers: ['told'] })))).message).to.match(
      /layers/,
    )
  })

  it('need permissions: to publish, and to use', async () => {
    const arn = await publish('guarded', 'guarded')
    const allowed = { Effect: 'Allow', Action: ['lambda:CreateFunction', 'iam:PassRole'], Resource: '*' }
    await createRole(cloud.config(), 'deployer', [allowed], trust({ AWS: '123456789012' }))
    const deployer = new Lambda(cloud.config(await sessionOf(cloud.config(), roleArn('deployer'))))

    expect(
      (await refusalOf(deployer.createFunction(functionOf('denied', SOURCE, { Layers: [arn] })))).message,
    ).to.contain(`is not authorized to perform: lambda:GetLayerVersion on resource: ${arn}`)
    expect(
      (await refusalOf(deployer.publishLayerVersion({ LayerName: 'mine', Content: { ZipFile: layerOf('') } }))).message,
    ).to.contain(`is not authorized to perform: lambda:PublishLayerVersion on resource: ${LAYER}:mine`)
    deployer.destroy()
  })

  describe('of a template', () => {
    let folder: string
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'layer-test-'))
      mkdirSync(join(folder, 'layer', FOLDER, 'told'), { recursive: true })
      mkdirSync(join(folder, 'code'))
      writeFileSync(join(folder, 'layer', FOLDER, 'told', 'index.js'), `exports.told = 'from a folder'`)
      writeFileSync(
        join(folder, 'code', 'index.mjs'),
        `import { told } from 'told'\nexport const handler = async () => told`,
      )
    })
    after(() => rmSync(folder, { recursive: true, force: true }))
    const templateOf = (description: string) => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties:
      LayerName: shared
      Description: ${description}
      ContentUri: layer
      RetentionPolicy: Delete
  Uses:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: index.handler
      Runtime: nodejs24.x
      Layers:
        - !Ref Shared
Outputs:
  Layer:
    Value: !Ref Shared
`
    const deploy = (description: string) =>
      cloud.cloud.deploy({
        name: 'layers',
        template: templateOf(description),
        file: join(folder, 'template.yaml'),
        parameters: {},
      })

    it('are folders of this machine; a change publishes a new version, and the old one goes', async () => {
      const first = await deploy('first')
      const uses = first.resources.find(({ logicalId }) => logicalId === 'Uses')?.physicalId ?? ''

      expect(await answerOf(uses), told(cloud)).to.equal('from a folder')
      expect(first.outputs.Layer?.value).to.equal(`${LAYER}:shared:1`)
      const second = await deploy('second')
      expect(second.outputs.Layer?.value).to.equal(`${LAYER}:shared:2`)
      const { LayerVersions } = await lambda.listLayerVersions({ LayerName: 'shared' })
      expect(LayerVersions?.map(({ Description }) => Description)).to.deep.equal(['second'])
      expect(await answerOf(uses)).to.equal('from a folder')
    })
  })
})
