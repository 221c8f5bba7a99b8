import { expect } from 'chai'
import { createSource } from './source.ts'
import { readYaml } from './yaml.ts'

const read = (text: string) => readYaml(text, createSource('/project/template.yaml'))

describe('readYaml', () => {
  for (const [short, long] of [
    ['!Ref A', { Ref: 'A' }],
    ['!Condition A', { Condition: 'A' }],
    ['!GetAtt A.B', { 'Fn::GetAtt': ['A', 'B'] }],
    ['!GetAtt A.B.C', { 'Fn::GetAtt': ['A', 'B.C'] }],
    ['!GetAtt [A, !Ref B]', { 'Fn::GetAtt': ['A', { Ref: 'B' }] }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of Fn::Sub
    ['!Sub a${B}', { 'Fn::Sub': 'a${B}' }],
    ['!Join [",", [a, !Ref B]]', { 'Fn::Join': [',', ['a', { Ref: 'B' }]] }],
    ['!Select [0, !Split [",", a]]', { 'Fn::Select': [0, { 'Fn::Split': [',', 'a'] }] }],
    ['!If [A, b, !Ref AWS::NoValue]', { 'Fn::If': ['A', 'b', { Ref: 'AWS::NoValue' }] }],
    ['!Equals [a, b]', { 'Fn::Equals': ['a', 'b'] }],
    [
      '!And [!Condition A, !Not [!Condition B]]',
      { 'Fn::And': [{ Condition: 'A' }, { 'Fn::Not': [{ Condition: 'B' }] }] },
    ],
    ['!Or [!Condition A, !Condition B]', { 'Fn::Or': [{ Condition: 'A' }, { Condition: 'B' }] }],
    ['!FindInMap [A, b, c]', { 'Fn::FindInMap': ['A', 'b', 'c'] }],
    ['!ImportValue a', { 'Fn::ImportValue': 'a' }],
    ['!Base64 a', { 'Fn::Base64': 'a' }],
    ['!Cidr [a, 1]', { 'Fn::Cidr': ['a', 1] }],
    ['!GetAZs ""', { 'Fn::GetAZs': '' }],
    ['!Length [a]', { 'Fn::Length': ['a'] }],
    ['!ToJsonString {a: b}', { 'Fn::ToJsonString': { a: 'b' } }],
    ['!Transform {Name: a}', { 'Fn::Transform': { Name: 'a' } }],
    ['Fn::Base64: !Sub a', { 'Fn::Base64': { 'Fn::Sub': 'a' } }],
  ] as const)
    it(`reads ${short}`, () => {
      expect(read(short)).to.deep.equal(long)
    })

  it('reads YAML as CloudFormation does', () => {
    const text = 'date: 2012-10-17\nyes: on\noctal: 010\nquoted: "010"\ndot: .\n12: x\nnothing:\nempty: ""\nfloat: 1.5'

    expect(read(text)).to.deep.equal({
      date: '2012-10-17',
      yes: true,
      octal: 8,
      quoted: '010',
      dot: '.',
      12: 'x',
      nothing: null,
      empty: '',
      float: 1.5,
    })
  })

  it('reads JSON, tabs and all', () => {
    expect(read('{\n\t"A": {\n\t\t"Fn::GetAtt": ["B", "C"]\n\t}\n}')).to.deep.equal({ A: { 'Fn::GetAtt': ['B', 'C'] } })
  })

  it('takes anchors and merges apart, so that a change of one is none of the other', () => {
    const value = read('a: &a {x: 1, y: [2]}\nb: *a\nc:\n  <<: *a\n  x: 3') as Record<string, { y: number[] }>

    expect(value).to.deep.equal({ a: { x: 1, y: [2] }, b: { x: 1, y: [2] }, c: { x: 3, y: [2] } })
    expect(value.a?.y).not.to.equal(value.b?.y)
  })

  it('takes any name for a key', () => {
    const value = read('__proto__: {polluted: true}\nconstructor: 1') as object

    expect(Object.keys(value)).to.deep.equal(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype)
  })

  for (const [what, text, message] of [
    ['an unknown tag', 'a:\n  b: !Reff C', 'template.yaml:2, a.b: the tag !Reff is none that CloudFormation knows.'],
    [
      'bad indentation',
      'a:\n  b: 1\n c: 2',
      'template.yaml:3: this is not YAML: All mapping items must start at the same column.',
    ],
    ['a key that is there twice', 'a: 1\nb: 2\na: 3', 'template.yaml:3: this is not YAML: Map keys must be unique.'],
    ['an open bracket', 'a: [1,\nb: 2', 'template.yaml:2: this is not YAML'],
    ['an alias of nothing', 'a: 1\nb: *c', 'template.yaml:2, b: there is no anchor &c before this.'],
    ['a value that holds itself', 'a: &a\n  b: *a', 'the values are nested too deeply, or contain themselves.'],
    ['a key that is a map', 'a:\n  ? {b: c}\n  : d', 'template.yaml:2, a: a key must be a string.'],
    ['two documents', 'a: 1\n---\nb: 2', 'template.yaml:2: this is not YAML: Source contains multiple documents'],
  ] as const)
    it(`names the line of ${what}`, () => {
      expect(() => read(text))
        .to.throw(message)
        .with.property('name', 'Mistake')
    })

  it('refuses a small text that would become a large value', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 10; i++)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`)

    expect(() => read(lines.join('\n'))).to.throw('the template has too many values.')
  })

  it('refuses more than 1 MB', () => {
    expect(() => read(`a: ${'x'.repeat(1_000_000)}`)).to.throw('a template may have 1000000 bytes at most.')
  })
})
