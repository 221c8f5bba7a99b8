// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of Fn::Sub
import { expect } from 'chai'
import { fold } from './fold.ts'
import { resolve } from './intrinsics.ts'
import { NO_VALUE, type Scope } from './scope.ts'
import { createSource, type Dict } from './source.ts'
import { readYaml } from './yaml.ts'

const source = createSource('/project/template.yaml')
const scope: Scope = {
  source,
  values: {
    Name: 'Jane',
    Count: '3',
    List: ['a', 'b'],
    'AWS::Region': 'us-east-1',
    'AWS::AccountId': '123456789012',
    'AWS::NotificationARNs': [],
  },
  mappings: readYaml('Sizes: {small: {memory: 128, zones: [a, b]}}', source) as Record<string, Dict>,
  condition: (name) => ({ Big: true, Small: false })[name],
  resource: (id) =>
    id === 'Table'
      ? { ref: 'local-table', attributes: { Arn: 'arn:table', 'Outputs.Url': 'u', Endpoint: { Port: 1 } } }
      : undefined,
  imported: (name) => (name === 'shared-table' ? 'theirs' : undefined),
  extensions: true,
  inConditions: false,
}
const evaluate = (text: string, changes: Partial<Scope> = {}) =>
  resolve(readYaml(text, source), { ...scope, ...changes })

describe('resolve', () => {
  for (const [text, value] of [
    ['!Ref Name', 'Jane'],
    ['!Ref Count', '3'],
    ['!Ref List', ['a', 'b']],
    ['!Ref Table', 'local-table'],
    ['!Ref AWS::Region', 'us-east-1'],
    ['!Ref AWS::NotificationARNs', []],
    ['!GetAtt Table.Arn', 'arn:table'],
    ['!GetAtt Table.Outputs.Url', 'u'],
    ['!GetAtt Table.Endpoint.Port', 1],
    ['{"Fn::GetAtt": "Table.Arn"}', 'arn:table'],
    ['!Sub ${Name} of ${AWS::AccountId}', 'Jane of 123456789012'],
    ['!Sub ${Table}/${Table.Arn}/${Table.Outputs.Url}', 'local-table/arn:table/u'],
    ['!Sub ${!Name}, ${ Name }', '${Name}, Jane'],
    ['!Sub no variable, $Name, ${', 'no variable, $Name, ${'],
    ['!Sub [ "${a}-${Name}-${b}", {a: 1, b: !Ref Table, Name: own} ]', '1-own-local-table'],
    ['!Sub ["${AWS::Region}", {}]', 'us-east-1'],
    ['!Join ["-", [a, !Ref Name, 1, true]]', 'a-Jane-1-true'],
    ['!Join ["", !Ref List]', 'ab'],
    ['!Join [",", [a, !Ref AWS::NoValue, b]]', 'a,b'],
    ['!Join ["/", []]', ''],
    ['!Select [1, [a, b]]', 'b'],
    ['!Select ["0", !Ref List]', 'a'],
    ['!Select [2, !Split ["-", a-b-c]]', 'c'],
    ['!Split [",", "a,,b"]', ['a', '', 'b']],
    ['!Split ["|", !Sub "${Name}|x"]', ['Jane', 'x']],
    ['!If [Big, a, !Ref Missing]', 'a'],
    ['!If [Small, !Ref Missing, {b: !Ref Name}]', { b: 'Jane' }],
    ['{a: 1, b: !If [Small, x, !Ref AWS::NoValue], c: [1, !Ref AWS::NoValue, 2]}', { a: 1, c: [1, 2] }],
    ['!Equals [a, a]', true],
    ['!Equals [!Ref Name, John]', false],
    ['!Equals [1, "1"]', true],
    ['!Equals [!Ref List, [a, b]]', true],
    ['!And [!Equals [a, a], "true"]', true],
    ['!And [!Equals [a, a], !Equals [a, b]]', false],
    ['!Or [!Equals [a, b], !Equals [a, a], false]', true],
    ['!Or [false, "false"]', false],
    ['!Not [!Equals [a, b]]', true],
    ['!FindInMap [Sizes, small, memory]', 128],
    ['!FindInMap [Sizes, !Join ["", [sm, all]], zones]', ['a', 'b']],
    ['!FindInMap [Sizes, large, memory, {DefaultValue: !Ref Count}]', '3'],
    ['!ImportValue shared-table', 'theirs'],
    ['!Base64 héllo', 'aMOpbGxv'],
    ['Fn::Base64: !Sub ${Name}', 'SmFuZQ=='],
    ['!Cidr [10.0.0.0/16, 3, 8]', ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
    ['!Cidr [192.168.0.77/24, 2, 5]', ['192.168.0.0/27', '192.168.0.32/27']],
    ['!Cidr [10.0.0.0/8, 2]', ['10.0.0.0/24', '10.0.1.0/24']],
    ['!Cidr ["2001:db8::/56", 2, 64]', ['2001:db8::/64', '2001:db8:0:1::/64']],
    ['!Cidr ["fd00:1:2:3:4:5:6:0/124", "1", "2"]', ['fd00:1:2:3:4:5:6:0/126']],
    ['!GetAZs ""', ['us-east-1a', 'us-east-1b', 'us-east-1c']],
    ['Fn::GetAZs: !Ref AWS::Region', ['us-east-1a', 'us-east-1b', 'us-east-1c']],
    ['!GetAZs eu-west-1', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['!Length [a, b, !Ref AWS::NoValue]', 2],
    ['Fn::Length: !Ref List', 2],
    ['!ToJsonString {a: !Ref Name, b: [1, true]}', '{"a":"Jane","b":[1,true]}'],
    ['{Condition: {StringEquals: {a: b}}}', { Condition: { StringEquals: { a: 'b' } } }],
    ['{Ref: a, Other: b}', { Ref: 'a', Other: 'b' }],
    ['[1, 1.5, true, null, text]', [1, 1.5, true, null, 'text']],
  ] as const)
    it(`${text} is ${JSON.stringify(value)}`, () => {
      expect(evaluate(text)).to.deep.equal(value)
    })

  it('gives AWS::NoValue as such where nothing is around it', () => {
    expect(evaluate('!Ref AWS::NoValue')).to.equal(NO_VALUE)
  })

  for (const [text, message] of [
    [
      'a:\n  b: !Ref Missing',
      'template.yaml:2, a.b.Ref: Template format error: Unresolved resource dependencies [Missing] in the template.',
    ],
    ['!Ref [a]', 'Template error: every Ref object must have a single String value.'],
    ['!GetAtt Missing.Arn', 'Unresolved resource dependencies [Missing] in the template.'],
    ['!GetAtt Table.Name', 'Template error: resource Table does not support attribute type Name in Fn::GetAtt.'],
    ['!GetAtt Table.constructor', 'resource Table does not support attribute type constructor in Fn::GetAtt.'],
    [
      '!GetAtt Table',
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute.',
    ],
    ['!GetAtt [Table, Arn, x]', 'every Fn::GetAtt object requires two non-empty parameters'],
    ['!GetAtt {a: b}', 'every Fn::GetAtt object requires two non-empty parameters'],
    ['!Sub ${Missing}', 'Unresolved resource dependencies [Missing] in the template.'],
    [
      '!Sub ${a-b}',
      'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons.',
    ],
    ['!Sub ${}', 'variable names in Fn::Sub syntax'],
    ['!Sub ${List}', 'Template error: Fn::Sub expression does not resolve to a string: ${List}.'],
    ['!Sub {a: b}', "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments."],
    ['!Sub [a, b]', "One or more Fn::Sub intrinsic functions don't specify expected arguments."],
    ['!Sub []', "One or more Fn::Sub intrinsic functions don't specify expected arguments."],
    [
      '!Join [a]',
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined',
    ],
    ['!Join [1, [a]]', 'every Fn::Join object requires two parameters'],
    ['!Join [",", a]', 'every Fn::Join object requires two parameters'],
    ['!Join [",", [[a]]]', 'every Fn::Join object requires two parameters'],
    ['!Join text', 'every Fn::Join object requires two parameters'],
    ['!Select [5, [a]]', 'Template error: Fn::Select cannot select nonexistent value at index 5.'],
    [
      '!Select [-1, [a]]',
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list.',
    ],
    ['!Select [0, a]', 'Fn::Select requires a list argument with two elements'],
    ['!Split [",", [a]]', 'Template error: every Fn::Split object requires two parameters, (1) a string delimiter'],
    ['!Split ["", a]', 'every Fn::Split object requires two parameters'],
    ['!If [Big, a]', 'Template error: Fn::If requires a list argument with three parameters'],
    ['!If [!Ref Name, a, b]', 'Fn::If requires a list argument with three parameters'],
    ['!If [Maybe, a, b]', 'Template format error: Unresolved condition dependency Maybe in Fn::If.'],
    ['!Equals [a]', 'Template error: every Fn::Equals object requires a list of 2 string parameters.'],
    ['!Equals [a, !Ref AWS::NoValue]', 'every Fn::Equals object requires a list of 2 string parameters.'],
    [
      '!And [true]',
      'Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.',
    ],
    [
      '!Or [true, maybe]',
      'Template error: every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.',
    ],
    [`!Or [${Array.from({ length: 11 }, () => 'true').join()}]`, 'at least 2 and at most 10 boolean parameters.'],
    ['!Not true', 'Template error: every Fn::Not object requires one boolean parameter.'],
    ['!Not [true, false]', 'every Fn::Not object requires one boolean parameter.'],
    ['!FindInMap [Sizes, large, memory]', 'Template error: Unable to get mapping for Sizes::large::memory.'],
    ['!FindInMap [Sizes, constructor, name]', 'Unable to get mapping for Sizes::constructor::name.'],
    ['!FindInMap [Sizes, small]', 'Template error: every Fn::FindInMap object requires three parameters'],
    ['!ImportValue nobody', 'No export named nobody found.'],
    ['!ImportValue [a]', 'Template error: the attribute in Fn::ImportValue must be a string.'],
    ['!Base64 [a]', 'Template error: every Fn::Base64 object must have a String-typed value.'],
    [
      '!Cidr [10.0.0.0/16]',
      'Template error: every Fn::Cidr object requires an ipBlock, a count and, optionally, cidrBits.',
    ],
    ['!Cidr [10.0.0.0/24, 300, 4]', 'Template error: Fn::Cidr cannot make 300 blocks of 4 bits in 10.0.0.0/24.'],
    ['!Cidr [10.0.0.0/24, 17, 4]', 'Fn::Cidr cannot make 17 blocks of 4 bits in 10.0.0.0/24.'],
    ['!Cidr [10.0.0/24, 1, 4]', 'Fn::Cidr cannot make 1 blocks of 4 bits in 10.0.0/24.'],
    ['!Cidr ["2001:db8::/56", 2]', 'Fn::Cidr cannot make 2 blocks of 8 bits in 2001:db8::/56.'],
    ['!GetAZs [a]', 'Template error: Fn::GetAZs requires the name of a region.'],
    ['!Length a', 'Template error: Fn::Length requires a list, or a function that returns one.'],
    ['!ToJsonString a', 'Template error: Fn::ToJsonString requires an object or a list.'],
    ['!Transform {Name: AWS::Include}', 'Fn::Transform runs a macro, and macros are not part of the local cloud.'],
    ['{"Fn::ForEach::Loop": []}', 'the function Fn::ForEach::Loop is not part of the local cloud.'],
    ['{"Fn::Sub": a, Other: b}', 'Template format error: nothing may stand beside Fn::Sub in its map.'],
  ] as const)
    it(`${text.replaceAll('\n', ' ')} fails: ${message}`, () => {
      expect(() => evaluate(text))
        .to.throw(message)
        .with.property('name', 'Mistake')
    })

  for (const text of ['!Length [a]', '!ToJsonString {a: b}', '!FindInMap [A, b, c, {DefaultValue: d}]'])
    it(`${text} needs its transform`, () => {
      expect(() => evaluate(text, { extensions: false })).to.throw('needs the transform AWS::LanguageExtensions.')
    })

  it('takes Condition for a function within conditions only', () => {
    expect(evaluate('!Condition Big', { inConditions: true })).to.equal(true)
    expect(evaluate('!Condition Big')).to.deep.equal({ Condition: 'Big' })
    expect(() => evaluate('!Condition Maybe', { inConditions: true })).to.throw(
      'Template format error: Unresolved condition dependency Maybe in the template.',
    )
    expect(() => evaluate('!Ref Missing', { inConditions: true })).to.throw(
      'Unresolved dependencies [Missing]. Cannot reference resources in the Conditions block of the template.',
    )
  })
})

describe('fold', () => {
  const folded = (text: string) => fold(readYaml(text, source), scope)

  it('takes branches and leaves the rest as it is', () => {
    expect(folded('{a: !If [Big, {b: !Ref Table}, !Ref Missing], c: !If [Small, d, !Ref AWS::NoValue]}')).to.deep.equal(
      {
        a: { b: { Ref: 'Table' } },
      },
    )
    expect(folded('[!If [Small, 1, !If [Big, !Sub "${Name}", 2]], !Ref AWS::NoValue]')).to.deep.equal([
      { 'Fn::Sub': '${Name}' },
    ])
  })

  it('names the line of a condition that is not there', () => {
    expect(() => folded('a:\n  - !If [Maybe, 1, 2]')).to.throw(
      'template.yaml:2, a.0.Fn::If: Template format error: Unresolved condition dependency Maybe in Fn::If.',
    )
  })

  it('keeps where values stand', () => {
    const value = folded('a:\n  b:\n    - c: 1') as { a: { b: [{ c: number }] } }

    expect(source.mistake('wrong.', [value.a.b[0], 'c']).message).to.equal('template.yaml:3, a.b.0.c: wrong.')
  })
})
