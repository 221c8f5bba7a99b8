import { expect } from 'chai'
import { resolveParameters } from './parameters.ts'
import { createSource } from './source.ts'
import { readTemplate } from './template.ts'

const resolve = (declaration: string, given: Record<string, string> = {}) =>
  resolveParameters(
    readTemplate(`Resources: {R: {Type: X}}\nParameters:\n  P: ${declaration}`, createSource('/project/template.yaml')),
    given,
  )

describe('resolveParameters', () => {
  for (const [declaration, given, value] of [
    ['{Type: String}', 'a', 'a'],
    ['{Type: String, Default: b}', undefined, 'b'],
    ['{Type: String, Default: b}', 'a', 'a'],
    ['{Type: String, Default: b}', '', ''],
    ["{Type: String, Default: ''}", undefined, ''],
    ['{Type: String, Default: 5}', undefined, '5'],
    ['{Type: String, Default: true}', undefined, 'true'],
    ['{Type: Number}', '-1.5e3', '-1.5e3'],
    ['{Type: Number, Default: 3, MinValue: 3, MaxValue: 3}', undefined, '3'],
    ['{Type: CommaDelimitedList}', 'a, b ,c', ['a', 'b', 'c']],
    ['{Type: CommaDelimitedList, Default: [a, b]}', undefined, ['a', 'b']],
    ["{Type: CommaDelimitedList, Default: ''}", undefined, []],
    ['{Type: List<Number>}', '1, 2.5', ['1', '2.5']],
    ['{Type: List<Number>, MinValue: 1, MaxValue: 2}', '1,2', ['1', '2']],
    ["{Type: String, AllowedValues: [all, '05', 6, true]}", '05', '05'],
    ['{Type: String, AllowedValues: [all, 6, true]}', '6', '6'],
    ['{Type: String, AllowedValues: [all, 6, true]}', 'true', 'true'],
    ['{Type: CommaDelimitedList, AllowedValues: [a, b]}', 'b,a', ['b', 'a']],
    ['{Type: String, AllowedPattern: "[a-z]+"}', 'abc', 'abc'],
    ['{Type: String, MinLength: 2, MaxLength: 3}', 'abc', 'abc'],
  ] as const)
    it(`${declaration} takes ${given ?? 'its default'}`, () => {
      expect(resolve(declaration, given === undefined ? {} : { P: given }).values.P).to.deep.equal(value)
    })

  for (const [declaration, given, message] of [
    ['{Type: String}', undefined, 'template.yaml:3, Parameters.P: Parameters: [P] must have values.'],
    [
      '{Type: String, AllowedValues: [a, b]}',
      'c',
      "template.yaml:3, Parameters.P: Parameter 'P' must be one of AllowedValues [a, b].",
    ],
    ['{Type: CommaDelimitedList, AllowedValues: [a, b]}', 'a,c', "Parameter 'P' must be one of AllowedValues [a, b]."],
    ['{Type: String, AllowedPattern: "[a-z]+"}', 'abc1', "Parameter 'P' must match pattern [a-z]+."],
    [
      '{Type: String, AllowedPattern: "[a-z]+", ConstraintDescription: small letters only}',
      'A',
      "Parameter 'P' failed to satisfy constraint: small letters only.",
    ],
    ['{Type: String, MinLength: 2}', 'a', "Parameter 'P' must contain at least 2 characters."],
    ['{Type: String, MaxLength: 2}', 'abc', "Parameter 'P' must contain at most 2 characters."],
    ['{Type: Number}', 'x', "Parameter 'P' must be a number."],
    ['{Type: Number}', '', "Parameter 'P' must be a number."],
    ['{Type: Number, Default: x}', undefined, "Parameter 'P' must be a number."],
    ['{Type: Number, MinValue: 3}', '2', "Parameter 'P' must be a number not less than 3."],
    ['{Type: Number, MaxValue: 3}', '4', "Parameter 'P' must be a number not greater than 3."],
    ['{Type: List<Number>}', '1,x', "Parameter 'P' must be a list of numbers."],
    ['{Type: List<Number>, MaxValue: 3}', '1,4', "Parameter 'P' must be a number not greater than 3."],
    ['{Type: String}', 'x'.repeat(4097), "Parameter 'P' must not be longer than 4096 bytes."],
    ['{Default: a}', undefined, 'Template format error: Every Parameters object must contain a Type member.'],
    [
      '{Type: Text}',
      'a',
      'template.yaml:3, Parameters.P.Type: Template format error: Unrecognized parameter type: Text.',
    ],
    [
      '{Type: AWS::SSM::Parameter::Value<String>}',
      'a',
      'the parameter type AWS::SSM::Parameter::Value<String> is looked up on AWS and is not part of the local cloud',
    ],
    ['{Type: List<AWS::EC2::Subnet::Id>}', 'a', 'the parameter type List<AWS::EC2::Subnet::Id> is looked up on AWS'],
    [
      '{Type: String, Defualt: a}',
      undefined,
      'template.yaml:3, Parameters.P.Defualt: Template format error: Invalid member Defualt of parameter P.',
    ],
    ['{Type: String, AllowedValues: a}', 'a', 'Template format error: AllowedValues must be a list.'],
    ['{Type: String, AllowedPattern: "["}', 'a', 'Template format error: AllowedPattern is not a regular expression.'],
    ['{Type: String, MinLength: x}', 'a', 'Template format error: MinLength must be a number.'],
    ['{Type: String, Default: {a: b}}', undefined, 'Template format error: Every Default member must be a string.'],
  ] as const)
    it(`${declaration} refuses ${given?.slice(0, 10) ?? 'its default'}: ${message}`, () => {
      expect(() => resolve(declaration, given === undefined ? {} : { P: given }))
        .to.throw(message)
        .with.property('name', 'Mistake')
    })

  it('refuses parameters that the template does not have', () => {
    expect(() => resolve('{Type: String}', { P: 'a', Q: 'b', S: 'c' })).to.throw(
      'template.yaml: Parameters: [Q, S] do not exist in the template.',
    )
  })

  it('shows what parameters are, secrets masked', () => {
    const { values, shown } = resolve('{Type: String, NoEcho: true}', { P: 'secret' })

    expect(values.P).to.equal('secret')
    expect(shown.P).to.equal('****')
    expect(resolve('{Type: CommaDelimitedList}', { P: 'a,b' }).shown.P).to.equal('a,b')
  })
})
