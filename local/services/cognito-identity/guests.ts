/**
 * What guests may do at most in the enhanced flow, whatever their role says (Cognito developer guide, "Access policies for
 * unauthenticated identities"): their credentials come with this session policy and a managed one, and either must allow.
 */
const SERVICES = [
  ...['cloudwatch', 'logs', 'dynamodb', 'kinesis', 'mobileanalytics', 's3', 'ses', 'sns', 'sqs', 'lambda'],
  ...['machinelearning', 'execute-api', 'iot', 'gamelift', 'cognito-identity', 'cognito-idp', 'lex', 'polly'],
  ...['comprehend', 'translate', 'transcribe', 'rekognition', 'mobiletargeting', 'firehose', 'appsync', 'personalize'],
  ...['cognito-sync', 'codewhisperer', 'sdb'],
]

export const GUEST_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: [
        ...SERVICES.map((service) => `${service}:*`),
        'sagemaker:InvokeEndpoint',
        'textract:DetectDocumentText',
        'textract:AnalyzeDocument',
        'rum:PutRumEvents',
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptTo',
        'kms:ReEncryptFrom',
        'kms:GenerateDataKey*',
        'geo:GetMap*',
        'geo:SearchPlaceIndex*',
        'geo:GetPlace',
        'geo:CalculateRoute*',
        'geo:*Geofence',
        'geo:*Geofences',
        'geo:*DevicePosition*',
      ],
      Resource: '*',
    },
  ],
})
