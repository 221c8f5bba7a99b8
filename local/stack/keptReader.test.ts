import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { keptReader } from './keptReader.ts'
import { createSource } from './source.ts'
import { readTemplate } from './template.ts'
import { readYaml } from './yaml.ts'

describe('keptReader', () => {
  const filler = Array.from({ length: 400 }, (_, n) => `  Thing${n}: {Type: 'A::B', Properties: {Name: !Sub 'a-${n}'}}`)
  const large = (...lines: string[]) => ['Resources:', ...filler, ...lines, ''].join('\n')
  const text = large(
    '  Last:',
    '    Type: A::B',
    '    Properties:',
    '      Name: !GetAtt Thing1.Arn',
    "      __proto__: 'x'",
  )

  let folder: string
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'lambda-in-action-kept-')), 'templates')
  })
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }))
  const source = () => createSource('/project/template.yaml')
  const read = (what = text) => keptReader(folder)(what, source())
  const files = () => readdirSync(folder)
  const only = () => join(folder, files()[0] as string)

  it('gives what the text says, read and kept', () => {
    const first = read()
    const kept = read()

    expect(files()).to.have.length(1)
    expect(first).to.deep.equal(readYaml(text, source()))
    expect(kept).to.deep.equal(first)
    expect(JSON.stringify(kept)).to.equal(JSON.stringify(first))
  })

  it('takes what is kept', () => {
    read()
    const other = large()
    read(other)
    const [one, two] = files().map((name) => join(folder, name)) as [string, string]
    const contents = readFileSync(one)
    writeFileSync(one, readFileSync(two))
    writeFileSync(two, contents)

    expect(read()).to.deep.equal(readYaml(other, source()))
  })

  it('sees every change of the text', () => {
    read()

    expect(read(text.replace('a-399', 'b-399')))
      .to.have.nested.property('Resources.Thing399.Properties.Name')
      .that.eql({
        'Fn::Sub': 'b-399',
      })
    expect(files()).to.have.length(2)
  })

  it('reads anew what is cut short, changed or no JSON, and mends it', () => {
    const right = read()
    const whole = readFileSync(only())
    const damaged = Buffer.from(whole)
    damaged.write('!', 3000)
    for (const wrong of ['', '{}', whole.subarray(0, 64), whole.subarray(0, 5000), damaged]) {
      writeFileSync(only(), wrong)

      expect(read()).to.deep.equal(right)
      expect(readFileSync(only()).equals(whole)).to.equal(true)
    }
  })

  it('names the line of a mistake in what is kept', () => {
    const wrong = large('  Last:', '    Type: A::B', '    Propertys:', '      Name: x')
    const mistake = `template.yaml:404, Resources.Last.Propertys: Invalid template resource property 'Propertys'.`
    const template = () => readTemplate(wrong, source(), keptReader(folder))

    expect(template).to.throw(mistake)
    expect(files()).to.have.length(1)
    expect(template).to.throw(mistake)
  })

  it('names the line of what was made of kept values', () => {
    read()
    const places = source()
    const template = readTemplate(text, places, keptReader(folder))
    const made = places.carry(template.resources.Last, { ...template.resources.Last })
    const again = places.carry(made, { ...made })

    expect(places.mistake('No.', [again, 'Properties']).message).to.equal(
      'template.yaml:404, Resources.Last.Properties: No.',
    )
    expect(places.mistake('No.', template.resources.Last?.Properties?.Name).message).to.equal(
      'template.yaml:405, Resources.Last.Properties.Name: No.',
    )
    expect(places.mistake('No.', {}).message).to.equal('template.yaml: No.')
  })

  it('keeps nothing that is no YAML, and nothing small', () => {
    expect(() => read(large('  - ]'))).to.throw('this is not YAML')
    read('Resources: {}')

    expect(() => files()).to.throw('ENOENT')
  })

  it('keeps nothing that JSON would change', () => {
    const odd = large('  Last: {Type: A::B, Properties: {Size: -0.0}}')

    expect(read(odd)).to.deep.equal(read(odd))
    expect(() => files()).to.throw('ENOENT')
  })

  it('keeps the last dozen', () => {
    mkdirSync(folder, { recursive: true })
    for (let n = 0; n < 15; n++) {
      writeFileSync(join(folder, `old${n}.json`), '')
      utimesSync(join(folder, `old${n}.json`), n, n)
    }
    read()

    expect(files()).to.have.length(12)
    expect(files()).to.include('old14.json').and.not.include('old3.json')
    expect(read()).to.deep.equal(readYaml(text, source()))
  })

  it('reads where nothing can be kept', () => {
    writeFileSync(folder, 'a file')

    expect(read()).to.deep.equal(readYaml(text, source()))
    rmSync(folder)
  })
})
