// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of Fn::Sub
import { join } from 'node:path'
import { expect } from 'chai'
import { type PrepareOptions, prepare } from './prepare.ts'

const type = (...properties: string[]) => ({ properties }) as unknown as ReturnType<PrepareOptions['typeOf']>
const TYPES: Record<string, ReturnType<PrepareOptions['typeOf']>> = {
  'Fake::A': type('Name', 'Peer', 'Size', 'Tags'),
  'AWS::Lambda::Function': type('Architectures', 'Code', 'Handler', 'Role', 'Runtime', 'Tags', 'VpcConfig'),
  'AWS::IAM::Role': type('AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies', 'Tags'),
  'AWS::S3::Bucket': type('BucketName', 'NotificationConfiguration', 'Tags'),
  'AWS::Lambda::Permission': type('Action', 'FunctionName', 'Principal', 'SourceAccount'),
}
const folder = join(import.meta.dirname, 'fixtures')
const options = (text: string, given: Record<string, string> = {}): PrepareOptions => ({
  text,
  file: join(folder, 'template.yaml'),
  given,
  pseudo: { 'AWS::Region': 'us-east-1', 'AWS::Partition': 'aws', 'AWS::StackName': 'local' },
  typeOf: (name) => TYPES[name],
})
const SAM = 'Transform: AWS::Serverless-2016-10-31\n'

describe('prepare', () => {
  it('orders resources by Ref, Fn::GetAtt, Fn::Sub and DependsOn', () => {
    const { targets } = prepare(
      options(`Resources:
  ByRef: {Type: Fake::A, Properties: {Peer: !Ref BySub}}
  ByAtt: {Type: Fake::A, Properties: {Peer: {x: [!GetAtt ByRef.Arn]}}}
  BySub: {Type: Fake::A, Properties: {Peer: !Sub ['\${a}\${AWS::Region}\${First.Arn}\${!ByAtt}', {a: x, ByAtt: y}]}}
  Last: {Type: Fake::A, DependsOn: [ByAtt]}
  First: {Type: Fake::A}`),
    )

    expect(targets.map(({ logicalId, dependsOn }) => [logicalId, dependsOn])).to.deep.equal([
      ['First', []],
      ['BySub', ['First']],
      ['ByRef', ['BySub']],
      ['ByAtt', ['ByRef']],
      ['Last', ['ByAtt']],
    ])
  })

  it('decides conditions: of resources, outputs, properties, dependencies', () => {
    const text = `Parameters: {Chapter: {Type: String}}
Conditions:
  Five: !Equals [!Ref Chapter, '05']
  All: !Or [!Condition Five, !Equals [!Ref Chapter, all]]
Resources:
  A: {Type: Fake::A, Condition: All, DependsOn: B, Properties: {Name: !If [Five, !Ref B, none], Size: !If [Five, 1, !Ref AWS::NoValue]}}
  B: {Type: Fake::A, Condition: Five}
Outputs:
  OfA: {Value: !Ref A, Condition: All}
  OfB: {Value: !Ref B, Condition: Five, Export: {Name: b}}`

    const five = prepare(options(text, { Chapter: '05' }))
    const all = prepare(options(text, { Chapter: 'all' }))
    const none = prepare(options(text, { Chapter: '01' }))

    expect(five.targets.map((one) => one.logicalId)).to.deep.equal(['B', 'A'])
    expect(five.targets[1]?.properties).to.deep.equal({ Name: { Ref: 'B' }, Size: 1 })
    expect(five.outputs.map(({ key }) => key)).to.deep.equal(['OfA', 'OfB'])
    expect(all.targets).to.have.length(1)
    expect(all.targets[0]).to.deep.include({ properties: { Name: 'none' }, dependsOn: [] })
    expect(none.targets).to.deep.equal([])
    expect(none.outputs).to.deep.equal([])
  })

  const one = 'Resources:\n  A: {Type: Fake::A}\n'
  for (const [text, message] of [
    [
      'Resources:\n  A:\n    Type: Fake::B',
      'template.yaml:3, Resources.A.Type: Template format error: Unrecognized resource types: [Fake::B]; the local cloud does not have it.',
    ],
    [
      'Resources:\n  A:\n    Type: Fake::A\n    Properties:\n      Nam: x',
      'template.yaml:5, Resources.A.Properties.Nam: Encountered unsupported property Nam of Fake::A.',
    ],
    [
      'Resources:\n  A:\n    Type: Fake::A\n    Properties: !If [C, {Nam: x}, {}]\nConditions: {C: !Equals [a, a]}',
      'template.yaml:4, Resources.A.Properties.1.Nam: Encountered unsupported property Nam of Fake::A.',
    ],
    [
      'Resources:\n  A:\n    Type: Fake::A\n    Properties:\n      Peer:\n        - !Ref Nobody',
      'template.yaml:6, Resources.A.Properties.Peer.0: Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template.',
    ],
    [
      'Resources:\n  A:\n    Type: Fake::A\n    Properties:\n      Peer: !Sub x${Nobody.Arn}',
      'template.yaml:5, Resources.A.Properties.Peer: Template format error: Unresolved resource dependencies [Nobody]',
    ],
    [
      'Resources:\n  A:\n    Type: Fake::A\n    DependsOn: Nobody',
      'template.yaml:4, Resources.A.DependsOn: Template format error: Unresolved resource dependencies [Nobody]',
    ],
    [
      'Conditions: {C: !Equals [a, b]}\nResources:\n  A: {Type: Fake::A, Condition: C}\n  B: {Type: Fake::A, Properties: {Peer: !Ref A}}',
      'template.yaml:4, Resources.B.Properties.Peer: Template format error: Unresolved resource dependencies [A]',
    ],
    [
      'Resources:\n  A:\n    Type: Fake::A\n    Condition: C',
      'template.yaml:4, Resources.A.Condition: Template format error: Unresolved condition dependency C in the Resources block of the template.',
    ],
    [
      `${one}Outputs:\n  O: {Value: x, Condition: C}`,
      'template.yaml:4, Outputs.O.Condition: Template format error: Unresolved condition dependency C in the Outputs block of the template.',
    ],
    [
      `${one}Outputs:\n  O: {Value: !GetAtt B.Arn}`,
      'template.yaml:4, Outputs.O.Value: Template format error: Unresolved resource dependencies [B] in the Outputs block of the template.',
    ],
    [
      `${one}Outputs:\n  O: {Value: !Ref AWS::NoValue}`,
      'template.yaml:4, Outputs.O: Template format error: Every Outputs member must contain a Value object.',
    ],
    [
      `${one}Outputs:\n  O: {Value: a, Export: {Name: !Ref B}}`,
      'Unresolved resource dependencies [B] in the Outputs block of the template.',
    ],
    [
      `${one}Conditions:\n  C: !Equals [!Ref A, x]`,
      'template.yaml:4, Conditions.C.0.Ref: Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template.',
    ],
    [
      `${one}Conditions:\n  C: yes please`,
      'template.yaml:4, Conditions.C: Template format error: Every Conditions member must be a boolean function',
    ],
    [
      `${one}Conditions:\n  C: !Not [!Condition D]\n  D: !Not [!Condition C]`,
      'template.yaml:4, Conditions.C: Circular dependency between conditions: [C, D].',
    ],
    [
      `${one}Globals: {Function: {}}`,
      'Invalid template property or properties [Globals]: Globals need the Transform AWS::Serverless-2016-10-31.',
    ],
    [
      'Resources:\n  A: {Type: AWS::Serverless::Function}',
      'template.yaml:2, Resources.A.Type: the resource type AWS::Serverless::Function needs the Transform AWS::Serverless-2016-10-31.',
    ],
    [
      'Resources:\n  A:\n    Type: Fake::A\n    Properties: {Peer: !Ref B}\n  B:\n    Type: Fake::A\n    Properties: {Peer: !GetAtt C.Arn}\n  C: {Type: Fake::A, DependsOn: A}',
      'template.yaml:2, Resources.A: Circular dependency between resources: [A, B, C].',
    ],
    ['Resources:\n  A: {Type: Fake::A, Properties: {Peer: !Ref A}}', 'Circular dependency between resources: [A].'],
    [
      'Resources:\n  A: {Type: AWS::Lambda::Function, Properties: {Code: {SourceFolder: /etc}}}',
      'template.yaml:2, Resources.A.Properties.Code.SourceFolder: Code of AWS::Lambda::Function has no property SourceFolder.',
    ],
    [
      'Resources:\n  A: {Type: AWS::Lambda::Function, Properties: {Code: nowhere}}',
      `template.yaml:2, Resources.A.Properties: there is no folder ${join(folder, 'nowhere')}.`,
    ],
    [
      `${SAM}Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: nodejs24.x, Handler: a.b, CodeUri: nowhere}`,
      `template.yaml:5, Resources.A.Properties: there is no folder ${join(folder, 'nowhere')}.`,
    ],
    [
      `${SAM}Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: nodejs24.x, Handler: a.b, InlineCode: x, FileSystemConfigs: []}`,
      'template.yaml:5, Resources.A.Properties.FileSystemConfigs: Encountered unsupported property FileSystemConfigs of AWS::Lambda::Function.',
    ],
    // The circle that every beginner meets: a bucket's function that refers to its bucket.
    [
      `${SAM}Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: nodejs24.x\n      Handler: a.b\n      InlineCode: x\n      Policies: [S3ReadPolicy: {BucketName: !Ref B}]\n      Events: {E: {Type: S3, Properties: {Bucket: !Ref B, Events: 's3:*'}}}\n  B: {Type: AWS::S3::Bucket}`,
      'Circular dependency between resources: [F, FRole, B].',
    ],
  ] as const)
    it(`says: ${message.slice(0, 150)}`, () => {
      expect(() => prepare(options(text)))
        .to.throw(message)
        .with.property('name', 'Mistake')
    })

  it('lets alone what a condition switches off', () => {
    const text =
      'Conditions: {C: !Equals [a, b]}\nResources:\n  A: {Type: Fake::Paid, Condition: C, Properties: {X: !Ref P}}\n  P: {Type: Fake::A}'

    expect(prepare(options(text)).targets.map((one) => one.logicalId)).to.deep.equal(['P'])
  })

  it('takes a path for the Code of a function, as sam and the CLI do', () => {
    const text =
      'Resources:\n  A: {Type: AWS::Lambda::Function, Metadata: {BuildMethod: esbuild, BuildProperties: {Minify: true}}, Properties: {Code: .}}'

    expect(prepare(options(text)).targets[0]?.properties).to.deep.equal({
      Code: { SourceFolder: folder, Build: { Minify: true } },
    })
  })

  it('counts resources after the transform, conditions or not', () => {
    const functions = (count: number) =>
      `${SAM}Conditions: {C: !Equals [a, b]}\nResources:\n${Array.from(
        { length: count },
        (_, i) =>
          `  F${i}: {Type: AWS::Serverless::Function, Condition: C, Properties: {Runtime: nodejs24.x, Handler: a.b, InlineCode: x}}`,
      ).join('\n')}`

    expect(prepare(options(functions(250))).targets).to.deep.equal([])
    expect(() => prepare(options(functions(251)))).to.throw(
      'template.yaml: Template format error: Number of resources, 502, is greater than maximum allowed, 500.',
    )
  })
})
