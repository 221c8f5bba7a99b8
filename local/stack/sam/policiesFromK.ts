import { actions, one, type PolicyStatement, regional } from './policyStatements.ts'

/** SAM's policy templates for services that the local cloud does not have: names from K to Z. */
export const POLICIES_FROM_K: Record<string, PolicyStatement[]> = {
  KMSEncryptPolicy_v2: one(
    actions(
      'kms',
      'Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext',
    ),
    regional('kms', 'key/<keyId>'),
  ),
  KinesisCrudPolicy: one(
    actions(
      'kinesis',
      'AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeStream DescribeStreamSummary GetShardIterator IncreaseStreamRetentionPeriod ListTagsForStream MergeShards PutRecord PutRecords SplitShard RemoveTagsFromStream',
    ),
    regional('kinesis', 'stream/<streamName>'),
  ),
  KinesisStreamReadPolicy: [
    { actions: actions('kinesis', 'ListStreams DescribeLimits'), on: regional('kinesis', 'stream/*') },
    {
      actions: actions('kinesis', 'DescribeStream DescribeStreamSummary GetRecords GetShardIterator'),
      on: regional('kinesis', 'stream/<streamName>'),
    },
  ],
  MobileAnalyticsWriteOnlyAccessPolicy: one(['mobileanalytics:PutEvents'], '*'),
  OrganizationsListAccountsPolicy: one(['organizations:ListAccounts'], '*'),
  PinpointEndpointAccessPolicy: one(
    actions('mobiletargeting', 'GetEndpoint UpdateEndpoint UpdateEndpointsBatch'),
    regional('mobiletargeting', 'apps/<pinpointApplicationId>/endpoints/*'),
  ),
  PollyFullAccessPolicy: [
    { actions: actions('polly', 'GetLexicon DeleteLexicon'), on: [regional('polly', 'lexicon/<lexiconName>')] },
    {
      actions: actions('polly', 'DescribeVoices ListLexicons PutLexicon SynthesizeSpeech'),
      on: [regional('polly', 'lexicon/*')],
    },
  ],
  RekognitionDetectOnlyPolicy: one(
    actions('rekognition', 'DetectFaces DetectLabels DetectModerationLabels DetectText'),
    '*',
  ),
  RekognitionFacesManagementPolicy: one(
    actions('rekognition', 'IndexFaces DeleteFaces SearchFaces SearchFacesByImage ListFaces'),
    regional('rekognition', 'collection/<collectionId>'),
  ),
  RekognitionFacesPolicy: one(actions('rekognition', 'CompareFaces DetectFaces'), '*'),
  RekognitionLabelsPolicy: one(actions('rekognition', 'DetectLabels DetectModerationLabels'), '*'),
  RekognitionNoDataAccessPolicy: one(
    actions('rekognition', 'CompareFaces DetectFaces DetectLabels DetectModerationLabels'),
    regional('rekognition', 'collection/<collectionId>'),
  ),
  RekognitionReadPolicy: one(
    actions('rekognition', 'ListCollections ListFaces SearchFaces SearchFacesByImage'),
    regional('rekognition', 'collection/<collectionId>'),
  ),
  RekognitionWriteOnlyAccessPolicy: one(
    actions('rekognition', 'CreateCollection IndexFaces'),
    regional('rekognition', 'collection/<collectionId>'),
  ),
  Route53ChangeResourceRecordSetsPolicy: one(
    ['route53:ChangeResourceRecordSets'],
    `arn:\${AWS::Partition}:route53:::hostedzone/<HostedZoneId>`,
  ),
  SESBulkTemplatedCrudPolicy: one(
    actions(
      'ses',
      'GetIdentityVerificationAttributes SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail VerifyEmailIdentity',
    ),
    regional('ses', 'identity/<identityName>'),
  ),
  SESBulkTemplatedCrudPolicy_v2: [
    {
      actions: actions('ses', 'SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail'),
      on: [regional('ses', 'identity/<identityName>'), regional('ses', 'template/<templateName>')],
    },
    { actions: actions('ses', 'GetIdentityVerificationAttributes VerifyEmailIdentity'), on: '*' },
  ],
  SESEmailTemplateCrudPolicy: one(
    actions('ses', 'CreateTemplate GetTemplate ListTemplates UpdateTemplate DeleteTemplate TestRenderTemplate'),
    '*',
  ),
  SESSendBouncePolicy: one(['ses:SendBounce'], regional('ses', 'identity/<identityName>')),
  SSMParameterWithSlashPrefixReadPolicy: [
    { actions: ['ssm:DescribeParameters'], on: '*' },
    {
      actions: actions('ssm', 'GetParameters GetParameter GetParametersByPath'),
      on: regional('ssm', 'parameter<parameterName>'),
    },
  ],
  SageMakerCreateEndpointConfigPolicy: one(
    ['sagemaker:CreateEndpointConfig'],
    regional('sagemaker', 'endpoint-config/<endpointConfigName>'),
  ),
  SageMakerCreateEndpointPolicy: one(['sagemaker:CreateEndpoint'], regional('sagemaker', 'endpoint/<endpointName>')),
  ServerlessRepoReadWriteAccessPolicy: one(
    actions(
      'serverlessrepo',
      'CreateApplication CreateApplicationVersion UpdateApplication GetApplication ListApplications ListApplicationVersions ListApplicationDependencies',
    ),
    [regional('serverlessrepo', 'applications/*')],
  ),
  StepFunctionsCallbackPolicy: one(
    actions('states', 'SendTaskFailure SendTaskHeartbeat SendTaskSuccess'),
    regional('states', 'stateMachine:<stateMachineName>'),
  ),
  StepFunctionsExecutionPolicy_v2: one(
    actions('states', 'StartExecution StartSyncExecution'),
    regional('states', 'stateMachine:<stateMachineName>'),
  ),
  TextractDetectAnalyzePolicy: one(
    actions('textract', 'DetectDocumentText StartDocumentTextDetection StartDocumentAnalysis AnalyzeDocument'),
    '*',
  ),
  TextractGetResultPolicy: one(actions('textract', 'GetDocumentTextDetection GetDocumentAnalysis'), '*'),
  TextractPolicy: one(['textract:*'], '*'),
  VPCAccessPolicy: one(
    actions('ec2', 'CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DetachNetworkInterface'),
    '*',
  ),
}
