import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { catalogue } from '../services/catalogue.ts'
import { resolve } from './intrinsics.ts'
import { keep, readKept } from './kept.ts'
import { keptPrepare } from './keptPrepare.ts'
import { scopeOf } from './outputs.ts'
import { outsideAt } from './outside.ts'
import { type PrepareOptions, prepare, type Wanted } from './prepare.ts'
import type { ResourceRecord } from './store.ts'

const HEAD = `Transform: AWS::Serverless-2016-10-31
Description: Much
Parameters:
  Size: {Type: Number, Default: 128}
  Secret: {Type: String, NoEcho: true, Default: ''}
Conditions:
  Large: !Equals [!Ref Size, 512]
Mappings:
  Sizes: {us-east-1: {Most: 10}}
Outputs:
  Arn: {Value: !GetAtt Worker.Arn, Condition: Large, Description: What works}
  Table: {Value: !Ref Table0, Export: {Name: !Sub '\${AWS::StackName}-table'}}
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs24.x
      Handler: a.handler
      CodeUri: code
      MemorySize: !Ref Size
      Environment: {Variables: {STACK: !Sub 'in \${AWS::StackName} of \${Table0}', SIZE: !If [Large, large, small]}}
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: live, DefinitionUri: api.yaml}
`
const table = (n: number) =>
  `  Table${n}: {Type: AWS::DynamoDB::Table, Properties: {BillingMode: PAY_PER_REQUEST, KeySchema: [{AttributeName: a, KeyType: HASH}]}}\n`
const TEXT = HEAD + Array.from({ length: 200 }, (_, n) => table(n)).join('')
const LINE = HEAD.split('\n').indexOf('  Worker:') + 1

describe('keptPrepare', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-kept-'))
    mkdirSync(join(folder, 'code'))
    writeFileSync(join(folder, 'api.yaml'), 'openapi: 3.0.1')
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const options = (changes: Partial<PrepareOptions> = {}) => ({
    text: TEXT,
    file: join(folder, 'template.yaml'),
    given: { Size: '512' },
    pseudo: {
      'AWS::AccountId': '123456789012',
      'AWS::Partition': 'aws',
      'AWS::Region': 'us-east-1',
      'AWS::StackId': 'arn:1',
      'AWS::StackName': 'local',
    },
    typeOf: (name: string) => catalogue.find(({ resources }) => resources?.[name])?.resources?.[name],
    outside: outsideAt(1000),
    ...changes,
  })
  const run = (changes: Partial<PrepareOptions> = {}, build = 'b') =>
    keptPrepare(join(folder, 'kept'), build)(options(changes))
  const files = () => readdirSync(join(folder, 'kept-prepared'))
  /** All that counts, without what only serves to find places. */
  const facts = ({ description, parameters, targets, outputs, scope }: Wanted) => ({
    ...{ description, parameters },
    targets: targets.map(({ spot: _, ...rest }) => rest),
    outputs: outputs.map(({ spot: _, ...rest }) => rest),
    ...{ values: scope.values, mappings: scope.mappings, extensions: scope.extensions },
    conditions: ['Large', 'Missing', 'constructor'].map(scope.condition),
  })
  /** Marks what is kept, so that it shows where it is taken. */
  const mark = () => {
    for (const name of files()) {
      const kept = readKept(join(folder, 'kept-prepared'), name) as object
      keep(join(folder, 'kept-prepared'), name, { ...kept, description: 'kept' })
    }
  }
  const isKept = (changes: Partial<PrepareOptions> = {}, build = 'b') => run(changes, build).description === 'kept'

  it('gives what prepare gives, made and kept', () => {
    const made = facts(run())
    const kept = facts(run())

    expect(files()).to.have.length(1)
    expect(made).to.deep.equal(facts(prepare(options())))
    expect(kept).to.deep.equal(made)
    expect(kept.targets).to.have.length(205)
  })

  it('takes what is kept for the same template, and gives each stack its own id', () => {
    run()
    mark()
    const { pseudo } = options()

    expect(isKept()).to.equal(true)
    const other = run({ pseudo: { ...pseudo, 'AWS::StackId': 'arn:2' } })
    expect([other.description, other.scope.values['AWS::StackId']]).to.deep.equal(['kept', 'arn:2'])
  })

  it('prepares anew what has another text, parameter, region, path or code', () => {
    run()
    mark()
    const { pseudo } = options()

    expect(isKept({ text: TEXT.replace('Much', 'Many') })).to.equal(false)
    expect(isKept({ given: { Size: '128' } })).to.equal(false)
    expect(isKept({ pseudo: { ...pseudo, 'AWS::Region': 'eu-west-1' } })).to.equal(false)
    expect(isKept({}, 'c')).to.equal(false)
    expect(files()).to.have.length(5)
    expect(run({ given: { Size: '128' } }).scope.condition('Large')).to.equal(false)
    mkdirSync(join(folder, 'other/code'), { recursive: true })
    writeFileSync(join(folder, 'other/api.yaml'), '')
    expect(isKept({ file: join(folder, 'other/template.yaml') })).to.equal(false)
    expect(isKept()).to.equal(true)
  })

  it('sees what changes beside the template', () => {
    const bodyOf = ({ targets }: Wanted) => targets.find(({ logicalId }) => logicalId === 'Api')?.properties.Body
    run()
    writeFileSync(join(folder, 'api.yaml'), 'openapi: 3.0.2')
    expect(bodyOf(run())).to.equal('openapi: 3.0.2')

    rmSync(join(folder, 'api.yaml'))
    expect(() => run()).to.throw('there is no file')
    writeFileSync(join(folder, 'api.yaml'), 'openapi: 3.0.2')
    mark()
    expect(isKept()).to.equal(true)
    rmSync(join(folder, 'code'), { recursive: true })
    expect(() => run()).to.throw(
      `template.yaml:${LINE + 2}, Resources.Worker.Properties: there is no folder ${join(folder, 'code')}.`,
    )
  })

  it('keeps nothing that depends on the time, on the id of the stack, or on a secret that is given', () => {
    run({ text: TEXT.replace('StageName: live', 'StageName: live, AlwaysDeploy: true') })
    run({ text: TEXT.replace('Description: Much', "Metadata: {About: 'AWS::StackId'}") })
    run({ given: { Secret: 'abc' } })
    run({ text: HEAD + table(0) })
    expect(() => files()).to.throw('ENOENT')

    run()
    expect(files()).to.have.length(1)
  })

  it('keeps nothing where no code is named', () => {
    expect(facts(keptPrepare(join(folder, 'kept'))(options()))).to.deep.equal(facts(run()))
    expect(files()).to.have.length(1)
  })

  it('prepares anew what is damaged, and mends it', () => {
    const right = facts(run())
    const file = join(folder, 'kept-prepared', files()[0] as string)
    for (const wrong of ['', 'x'.repeat(64), '{"targets":[]}']) {
      writeFileSync(file, wrong)
      expect(facts(run())).to.deep.equal(right)
      mark()
      expect(isKept()).to.equal(true)
    }
  })

  it('names the line of what is kept', () => {
    run()
    const { scope, targets, outputs } = run()
    const worker = targets.find(({ logicalId }) => logicalId === 'Worker') as (typeof targets)[number]
    const { Environment } = worker.properties as { Environment: { Variables: object } }
    const rows = new Map([['Table0', { ref: 'Table0', attributes: {} } as ResourceRecord]])
    const resolved = resolve(
      Environment,
      scopeOf(scope, () => undefined, rows),
    ) as typeof Environment
    const at = (...spots: unknown[]) => scope.source.mistake('No.', ...spots).message

    expect(at([worker.spot, 'Type'])).to.equal(`template.yaml:${LINE + 1}, Resources.Worker.Type: No.`)
    expect(at([Environment.Variables, 'STACK'])).to.equal(
      `template.yaml:${LINE + 7}, Resources.Worker.Properties.Environment.Variables.STACK: No.`,
    )
    expect(at(resolved.Variables)).to.equal(
      `template.yaml:${LINE + 7}, Resources.Worker.Properties.Environment.Variables: No.`,
    )
    expect(at([outputs[1]?.spot, 'Export'])).to.equal('template.yaml:12, Outputs.Table.Export: No.')
  })
})
