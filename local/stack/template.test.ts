import { expect } from 'chai'
import { createSource } from './source.ts'
import { readTemplate } from './template.ts'

const read = (text: string) => readTemplate(text, createSource('/project/template.yaml'))

describe('readTemplate', () => {
  it('reads the sections', () => {
    const template = read(
      [
        'AWSTemplateFormatVersion: 2010-09-09',
        'Description: all of it',
        'Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]',
        'Metadata: {any: thing}',
        'Parameters: {P: {Type: String}}',
        'Mappings: {M: {a: {b: c}}}',
        'Conditions: {C: !Equals [a, b]}',
        'Globals: {Function: {Timeout: 1}}',
        'Resources: {R: {Type: X, DependsOn: [S], DeletionPolicy: RetainExceptOnCreate}, S: {Type: X}}',
        'Outputs: {O: {Value: !Ref R, Export: {Name: o}}}',
      ].join('\n'),
    )

    expect(template).to.deep.include({
      description: 'all of it',
      transforms: ['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31'],
      globals: { Function: { Timeout: 1 } },
      parameters: { P: { Type: 'String' } },
      mappings: { M: { a: { b: 'c' } } },
      conditions: { C: { 'Fn::Equals': ['a', 'b'] } },
      resources: { R: { Type: 'X', DependsOn: ['S'], DeletionPolicy: 'RetainExceptOnCreate' }, S: { Type: 'X' } },
      outputs: { O: { Value: { Ref: 'R' }, Export: { Name: 'o' } } },
    })
  })

  const one = 'Resources:\n  R:\n    Type: X\n'
  for (const [text, message] of [
    ['just text', 'template.yaml: Template format error: a template is a map with a section Resources.'],
    ['', 'template.yaml: Template format error: a template is a map with a section Resources.'],
    ['Resource: {}', 'template.yaml:1, Resource: Invalid template property or properties [Resource].'],
    [
      'Resources: {}',
      'template.yaml:1, Resources: Template format error: At least one Resources member must be defined.',
    ],
    ['Resources: []', 'template.yaml:1, Resources: Template format error: Resources must be a map.'],
    ['Outputs: {}', 'Template format error: At least one Resources member must be defined.'],
    [
      'AWSTemplateFormatVersion: 2020-01-01',
      'template.yaml:1, AWSTemplateFormatVersion: Template format error: unsupported value for AWSTemplateFormatVersion',
    ],
    [`Description: [a]\n${one}`, 'template.yaml:1, Description: Template format error: Description must be a string.'],
    [`Rules: {}\n${one}`, 'template.yaml:1, Rules: the section Rules is not part of the local cloud.'],
    [
      `Transform: AWS::Macro\n${one}`,
      'template.yaml:1, Transform: the transform AWS::Macro is not part of the local cloud',
    ],
    [
      `Transform: {Name: AWS::Include, Parameters: {}}\n${one}`,
      'the transform AWS::Include is not part of the local cloud',
    ],
    [
      'Resources:\n  my-table: {Type: X}',
      'template.yaml:2, Resources.my-table: Template format error: Resources name my-table is non alphanumeric.',
    ],
    [
      'Resources:\n  R: text',
      'template.yaml:2, Resources.R: Template format error: Every Resources member must be a map.',
    ],
    [
      'Resources:\n  R:\n    Properties: {}',
      'template.yaml:2, Resources.R: Template format error: [/Resources/R] Every Resources object must contain a Type member.',
    ],
    [
      `${one}    Propertys: {}`,
      "template.yaml:4, Resources.R.Propertys: Invalid template resource property 'Propertys'.",
    ],
    [
      `${one}    IgnoreGlobals: '*'`,
      "template.yaml:4, Resources.R.IgnoreGlobals: Invalid template resource property 'IgnoreGlobals'.",
    ],
    [`${one}    Properties: [a]`, 'template.yaml:4, Resources.R.Properties: Properties must be a map.'],
    [`${one}    Metadata: a`, 'template.yaml:4, Resources.R.Metadata: Metadata must be a map.'],
    [
      `${one}    Condition: [a]`,
      'template.yaml:4, Resources.R.Condition: Template format error: a resource names its Condition by a string.',
    ],
    [
      `${one}    DependsOn: {a: b}`,
      'template.yaml:4, Resources.R.DependsOn: Template format error: DependsOn must be a string or list of strings.',
    ],
    [
      `${one}    DeletionPolicy: Keep`,
      'template.yaml:4, Resources.R.DeletionPolicy: Template format error: Unrecognized DeletionPolicy "Keep" for resource R.',
    ],
    [`${one}    DeletionPolicy: !Ref A`, 'Unrecognized DeletionPolicy {"Ref":"A"} for resource R.'],
    [`${one}    DeletionPolicy: Snapshot`, 'Template error: resource type X does not support DeletionPolicy Snapshot.'],
    [
      `${one}    UpdateReplacePolicy: RetainExceptOnCreate`,
      'Template error: resource type X does not support UpdateReplacePolicy RetainExceptOnCreate.',
    ],
    [
      `${one}Parameters: {R: {Type: String}}`,
      'template.yaml:2, Resources.R: Template format error: R is the name of a parameter, too.',
    ],
    [
      `${one}Outputs:\n  O: {Description: x}`,
      'template.yaml:5, Outputs.O: Template format error: Every Outputs member must contain a Value object.',
    ],
    [
      `${one}Outputs:\n  O: {Value: a, Valu: b}`,
      'template.yaml:5, Outputs.O.Valu: Template format error: an output has no member Valu.',
    ],
    [
      `${one}Outputs:\n  O: {Value: a, Export: b}`,
      'template.yaml:5, Outputs.O.Export: Template format error: Export must have a Name.',
    ],
    [
      `${one}Outputs:\n  O: {Value: a, Condition: [b]}`,
      'Template format error: an output names its Condition by a string.',
    ],
    [
      `${one}Outputs:\n  O: {Value: a, Description: [b]}`,
      'template.yaml:5, Outputs.O.Description: Template format error: Description must be a string.',
    ],
  ] as const)
    it(`says: ${message}`, () => {
      expect(() => read(text))
        .to.throw(message)
        .with.property('name', 'Mistake')
    })

  it('takes 200 parameters at most', () => {
    const parameters = (count: number) =>
      `${one}Parameters:\n${Array.from({ length: count }, (_, i) => `  P${i}: {Type: String}`).join('\n')}`

    expect(Object.keys(read(parameters(200)).parameters)).to.have.length(200)
    expect(() => read(parameters(201))).to.throw('a template may have 200 Parameters at most.')
  })
})
