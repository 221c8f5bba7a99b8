import { join } from 'node:path'
import { expect } from 'chai'
import { createSource } from '../source.ts'
import { readTemplate } from '../template.ts'
import { transformSam } from './transform.ts'

const transform = (resources: string, rest = '') =>
  transformSam(
    readTemplate(
      `Transform: AWS::Serverless-2016-10-31\nResources:\n${resources}\n${rest}`,
      createSource('/project/template.yaml'),
    ),
    { folder: '/project', partition: 'aws', values: {} },
  ).resources

const fn = (properties: string, attributes = '') =>
  `  F:\n    Type: AWS::Serverless::Function\n${attributes}    Properties:\n      Runtime: nodejs24.x\n      Handler: a.b\n${properties
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}`

describe('transformSam', () => {
  it('takes a folder and its esbuild settings for code', () => {
    const { F } = transform(
      fn(
        'CodeUri: chapters/05',
        '    Metadata: {BuildMethod: esbuild, BuildProperties: {Minify: true, Target: node24}}\n',
      ),
    )

    expect(F?.Properties?.Code).to.deep.equal({
      SourceFolder: join('/project', 'chapters', '05'),
      Build: { Minify: true, Target: 'node24' },
    })
    expect(transform(fn('CodeUri: ./src/')).F?.Properties?.Code).to.deep.equal({ SourceFolder: '/project/src' })
  })

  it('names the partition of the region in ARNs of managed policies', () => {
    const template = readTemplate(
      `Transform: AWS::Serverless-2016-10-31\nResources:\n${fn('CodeUri: .\nTracing: Active')}`,
      createSource('template.yaml'),
    )

    const { resources } = transformSam(template, { folder: '/', partition: 'aws-cn', values: {} })

    expect(resources.FRole?.Properties?.ManagedPolicyArns).to.deep.equal([
      'arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
      'arn:aws-cn:iam::aws:policy/AWSXRayDaemonWriteAccess',
    ])
  })

  it('changes nothing of the template it is given', () => {
    const template = readTemplate(
      `Transform: AWS::Serverless-2016-10-31\nResources:\n${fn(
        'CodeUri: .\nEvents: {E: {Type: S3, Properties: {Bucket: !Ref B, Events: x}}}',
      )}\n  B: {Type: AWS::S3::Bucket}`,
      createSource('template.yaml'),
    )
    const before = structuredClone(template.resources)

    transformSam(template, { folder: '/', partition: 'aws', values: {} })

    expect(template.resources).to.deep.equal(before)
  })

  const event = (text: string) => fn(`CodeUri: .\nEvents:\n  E: ${text}`)
  for (const [what, resources, message] of [
    [
      'an unknown type',
      '  A:\n    Type: AWS::Serverless::Fax',
      'template.yaml:4, Resources.A.Type: there is no resource type AWS::Serverless::Fax; SAM has AWS::Serverless::Function, ',
    ],
    [
      'an unknown property',
      fn('CodeUri: .\nMemory: 5'),
      'template.yaml:9, Resources.F.Properties.Memory: Resource with id [F] is invalid. property Memory not defined for resource of type AWS::Serverless::Function.',
    ],
    [
      'an alias that is a number',
      fn("CodeUri: .\nAutoPublishAlias: '12'"),
      "template.yaml:9, Resources.F.Properties.AutoPublishAlias: Resource with id [F] is invalid. AutoPublishAlias name ('12') must contain only alphanumeric characters",
    ],
    [
      'a deployment without an alias',
      fn('CodeUri: .\nDeploymentPreference: {Type: AllAtOnce}'),
      "template.yaml:9, Resources.F.Properties.DeploymentPreference: Resource with id [F] is invalid. 'DeploymentPreference' requires AutoPublishAlias property to be specified.",
    ],
    [
      'a URL for nobody',
      fn('CodeUri: .\nFunctionUrlConfig: {InvokeMode: BUFFERED}'),
      'Please provide either AWS_IAM or NONE.',
    ],
    [
      'a strange Cors',
      fn('CodeUri: .\nFunctionUrlConfig: {AuthType: NONE, Cors: {MaxAge: long}}'),
      'template.yaml:9, Resources.F.Properties.FunctionUrlConfig.Cors.MaxAge: Resource with id [F] is invalid. MaxAge must be of type int.',
    ],
    [
      'a URL for tenants',
      fn('CodeUri: .\nTenancyConfig: {TenantIsolationMode: PER_TENANT}\nFunctionUrlConfig: {AuthType: NONE}'),
      'Function URL is not supported for functions enabled with tenancy configuration.',
    ],
    [
      'no code',
      fn('Timeout: 3'),
      "template.yaml:3, Resources.F: Resource with id [F] is invalid. Either 'InlineCode' or 'CodeUri' must be set.",
    ],
    [
      'no handler',
      '  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: ., Runtime: nodejs24.x}}',
      'template.yaml:3, Resources.F: Resource with id [F] is invalid. Runtime and Handler needs to be present when PackageType is of type `Zip`.',
    ],
    [
      'no image',
      fn('PackageType: Image\nCodeUri: .'),
      "template.yaml:3, Resources.F: Resource with id [F] is invalid. 'ImageUri' must be set.",
    ],
    [
      'half an S3 place',
      fn('CodeUri: {Bucket: b}'),
      "template.yaml:8, Resources.F.Properties.CodeUri: Resource with id [F] is invalid. 'CodeUri' requires Bucket and Key properties to be specified.",
    ],
    [
      'a strange URI',
      fn('CodeUri: https://x/y'),
      "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
    ],
    ['an S3 URI without a key', fn('CodeUri: s3://bucket'), "'CodeUri' is not a valid S3 Uri"],
    [
      'a number for code',
      fn('CodeUri: 5'),
      "template.yaml:8, Resources.F.Properties.CodeUri: Resource with id [F] is invalid. 'CodeUri' must be a path",
    ],
    [
      'another build',
      fn('CodeUri: .', '    Metadata: {BuildMethod: makefile}\n'),
      'template.yaml:5, Resources.F.Metadata.BuildMethod: Resource with id [F] is invalid. the BuildMethod makefile is not part of the local cloud; esbuild is.',
    ],
    [
      'build settings that are none',
      fn('CodeUri: .', '    Metadata: {BuildMethod: esbuild, BuildProperties: [a]}\n'),
      'BuildProperties must be a map.',
    ],
    [
      'a reserved tag',
      fn('CodeUri: .\nTags: {"lambda:createdBy": me}'),
      'template.yaml:9, Resources.F.Properties.Tags.lambda:createdBy: Resource with id [F] is invalid. lambda:createdBy is a reserved Tag key name and cannot be set on your resource.',
    ],
    ['a list of tags', fn('CodeUri: .\nTags: [a]'), "'Tags' should be a map."],
    [
      'a broken policy',
      fn('CodeUri: .\nPolicies:\n  - {Effect: Allow}'),
      "template.yaml:10, Resources.F.Properties.Policies.0: Resource with id [F] is invalid. Policy at index 0 in the 'Policies' property is not valid.",
    ],
    [
      'an unknown policy template',
      fn('CodeUri: .\nPolicies:\n  - S3EatPolicy: {}'),
      'template.yaml:10, Resources.F.Properties.Policies.0: Resource with id [F] is invalid. the policy template S3EatPolicy is not part of the local cloud',
    ],
    [
      'a policy template without its values',
      fn('CodeUri: .\nPolicies:\n  - DynamoDBStreamReadPolicy: {TableName: t}'),
      "Following required parameters of template 'DynamoDBStreamReadPolicy' don't have values: ['StreamName'].",
    ],
    [
      'a policy template with none',
      fn('CodeUri: .\nPolicies:\n  - S3ReadPolicy: b'),
      "Must specify valid parameter values for policy template 'S3ReadPolicy'.",
    ],
    [
      'policies of two kinds in one Fn::If',
      fn('CodeUri: .\nPolicies:\n  - !If [C, AName, {Statement: []}]'),
      'Different policy types within the same Fn::If statement is unsupported.',
    ],
    [
      'an Fn::If of two',
      fn('CodeUri: .\nRole: !If [C, a]'),
      'template.yaml:9, Resources.F.Properties.Role: Resource with id [F] is invalid. Fn::If requires 3 arguments',
    ],
    [
      'half a dead letter queue',
      fn('CodeUri: .\nDeadLetterQueue: {Type: SQS}'),
      "template.yaml:9, Resources.F.Properties.DeadLetterQueue: Resource with id [F] is invalid. 'DeadLetterQueue' requires Type and TargetArn properties to be specified.",
    ],
    [
      'another dead letter queue',
      fn('CodeUri: .\nDeadLetterQueue: {Type: S3, TargetArn: a}'),
      "'DeadLetterQueue' requires Type of ['SQS', 'SNS'].",
    ],
    [
      'a destination of no type',
      fn('CodeUri: .\nEventInvokeConfig: {DestinationConfig: {OnFailure: {Destination: a}}}'),
      "'Type: undefined' must be one of [SQS, SNS, EventBridge, Lambda, S3Bucket].",
    ],
    [
      'a destination that cannot be made',
      fn('CodeUri: .\nEventInvokeConfig: {DestinationConfig: {OnFailure: {Type: Lambda}}}'),
      'Destination is required if Type is not [SQS, SNS].',
    ],
    [
      'an unknown outcome',
      fn('CodeUri: .\nEventInvokeConfig: {DestinationConfig: {OnError: {}}}'),
      'DestinationConfig has no property OnError.',
    ],
    [
      'an unknown invoke setting',
      fn('CodeUri: .\nEventInvokeConfig: {Retries: 1}'),
      'template.yaml:9, Resources.F.Properties.EventInvokeConfig.Retries: Resource with id [F] is invalid. EventInvokeConfig has no property Retries.',
    ],
    [
      'an event of no type',
      event('{Type: Fax, Properties: {Number: 1}}'),
      'template.yaml:10, Resources.F.Properties.Events.E.Type: Resource with id [F] is invalid. Event with id [E] is invalid. there is no event type Fax.',
    ],
    [
      'a broker without its secret',
      event('{Type: MQ, Properties: {Broker: b, SourceAccessConfigurations: [{Type: VIRTUAL_HOST, URI: /}]}}'),
      'No BASIC_AUTH property specified in SourceAccessConfigurations.',
    ],
    [
      'a strange filter',
      event('{Type: SQS, Properties: {Queue: q, FilterCriteria: {Patterns: []}}}'),
      'FilterCriteria field has a wrong format',
    ],
    [
      'a destination of no kind',
      event('{Type: SQS, Properties: {Queue: q, DestinationConfig: {OnFailure: {Type: Fax, Destination: d}}}}'),
      "The only valid values for 'Type' are 'SQS', 'SNS', 'S3', and 'Kafka'",
    ],
    [
      'a cluster in half a network',
      event(
        '{Type: SelfManagedKafka, Properties: {KafkaBootstrapServers: [k], Topics: [t], SourceAccessConfigurations: [{Type: VPC_SUBNET, URI: s}]}}',
      ),
      'VPC_SUBNET and VPC_SECURITY_GROUP in SourceAccessConfigurations for SelfManagedKafka must be both provided.',
    ],
    [
      'a schedule that is on and off',
      event('{Type: Schedule, Properties: {Schedule: rate(1 minute), State: ENABLED, Enabled: false}}'),
      'State and Enabled Properties cannot both be specified.',
    ],
    [
      'a queue of another type',
      event('{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute), DeadLetterConfig: {Type: SNS}}}'),
      "The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.",
    ],
    ['an event without type', event('{Properties: {}}'), "Event with id [E] is invalid. It is missing the key 'Type'."],
    [
      'an unknown property of an event',
      event('{Type: S3, Properties: {Bucket: !Ref B, Events: x, Prefix: y}}'),
      'Event with id [E] is invalid. property Prefix not defined for resource of type S3.',
    ],
    [
      'an event without its bucket',
      event('{Type: S3, Properties: {Events: x}}'),
      "Event with id [E] is invalid. Missing required property 'Bucket'.",
    ],
    [
      'a bucket by name',
      event('{Type: S3, Properties: {Bucket: b, Events: x}}'),
      'template.yaml:10, Resources.F.Properties.Events.E.Properties.Bucket: Resource with id [F] is invalid. Event with id [E] is invalid. S3 events must reference an S3 bucket in the same template.',
    ],
    [
      'a bucket that is not there',
      event('{Type: S3, Properties: {Bucket: !Ref B, Events: x}}'),
      'S3 events must reference an S3 bucket in the same template.',
    ],
    [
      'a role that is there already',
      `${fn('CodeUri: .')}\n  FRole: {Type: X}`,
      'Transforming resource with id [F] attempts to create a new resource [FRole] of type "AWS::IAM::Role". A resource with that id already exists within this template.',
    ],
    [
      'a table without the type of its key',
      '  T: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: id, Type: Text}}}',
      "template.yaml:3, Resources.T.Properties.PrimaryKey: Resource with id [T] is invalid. 'PrimaryKey' requires a Name, and a Type of String, Number or Binary.",
    ],
  ] as const)
    it(`refuses ${what} with its line`, () => {
      expect(() => transform(resources))
        .to.throw(message)
        .with.property('name', 'Mistake')
    })

  for (const [globals, message] of [
    [
      'Globals: {Fax: {}}',
      "'Globals' section is invalid. 'Fax' is not supported; the local cloud has Function, SimpleTable, ",
    ],
    [
      'Globals: {Function: {Role: a}}',
      "template.yaml:9, Globals.Function.Role: 'Globals' section is invalid. 'Role' is not a supported property of 'Function'.",
    ],
    ['Globals: {Function: [a]}', "'Globals' section is invalid. Its members must be maps."],
  ] as const)
    it(`refuses ${globals}`, () => {
      expect(() => transform(fn('CodeUri: .'), globals)).to.throw(message)
    })

  it('names the line of a property that Globals give', () => {
    const globals = 'Globals:\n  Function:\n    Tags:\n      "lambda:createdBy": me'

    expect(() => transform(fn('CodeUri: .'), globals)).to.throw(
      'template.yaml:12, Globals.Function.Tags.lambda:createdBy',
    )
  })

  it('refuses IgnoreGlobals that name nothing', () => {
    const globals = 'Globals: {Function: {Timeout: 3}}'

    expect(() => transform(fn('CodeUri: .', '    IgnoreGlobals: [Tags]\n'), globals)).to.throw(
      "template.yaml:5, Resources.F.IgnoreGlobals: Resource F has invalid resource attribute 'IgnoreGlobals'.",
    )
    expect(transform(fn('CodeUri: .', "    IgnoreGlobals: '*'\n"), globals).F?.Properties).not.to.have.property(
      'Timeout',
    )
  })
})
