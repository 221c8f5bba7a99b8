import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { expect } from 'chai'
import { functionsOf, root } from '../application.ts'
import { samBuild } from './build.ts'

interface Built {
  Parameters: object
  Resources: Record<string, { Type: string; Condition?: string; Properties: Record<string, unknown> }>
  Outputs: Record<string, { Condition?: string }>
}

/** What SAM is called with, and the template that it then reads. */
const built = (...given: string[]) => {
  const { args, end } = samBuild(given)
  const file = args[args.indexOf('--template-file') + 1] ?? ''
  const template: Built = JSON.parse(readFileSync(file, 'utf8'))
  end()
  expect(existsSync(file)).to.equal(false)
  return { args: args.map((one) => (one === file ? '<template>' : one)), template }
}
const functionIds = ({ Resources }: Built) =>
  Object.entries(Resources).flatMap(([id, { Type }]) => (Type === 'AWS::Serverless::Function' ? [id] : []))

describe('npm run sam -- build', () => {
  it('gives SAM the whole template as JSON, its functions in their long form', () => {
    const { args, template } = built('CreateThumbnailAndStoreInDB', '-b', 'elsewhere')

    expect(args).to.deep.equal([
      ...['build', '--template-file', '<template>', '--base-dir', root, '--config-file', `${root}/samconfig.toml`],
      ...['CreateThumbnailAndStoreInDB', '-b', 'elsewhere'],
    ])
    expect(functionIds(template)).to.deep.equal(functionsOf().map(({ logicalId }) => logicalId))
    expect(JSON.stringify(template)).to.contain('{"Fn::Sub":').and.not.contain('"!Sub')
    const layers = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Serverless::LayerVersion')
    expect(layers).not.to.deep.equal([])
    for (const { Properties } of layers) expect(isAbsolute(String(Properties.ContentUri))).to.equal(true)
  })

  it('leaves out what a chapter does not have', () => {
    const { args, template } = built('--chapter', '05', '--parallel')

    const chapter = functionsOf().filter((one) => one.chapter === '05')
    expect(args).to.include('--parallel').and.not.include('--chapter')
    expect(functionIds(template)).to.deep.equal(chapter.map(({ logicalId }) => logicalId))
    expect(Object.values(template.Outputs).map(({ Condition }) => Condition)).not.to.include('Chapter03')
    expect(template.Parameters).to.have.property('Chapter')
  })

  it('builds another template as it is', () => {
    expect(samBuild(['-t', 'other.yaml', '--cached']).args).to.deep.equal(['build', '-t', 'other.yaml', '--cached'])
  })

  for (const [given, message] of [
    [['--chapter', 'five'], '--chapter takes a chapter\'s number, like 05: what is "five"?'],
    [['--chapter', '77'], 'Chapter'],
    [['--chapter', '05', '-t', 'a.yaml'], 'it cannot be given beside another template'],
  ] as const)
    it(`refuses ${given.join(' ')}`, () => {
      expect(() => samBuild([...given])).to.throw(message)
    })
})
