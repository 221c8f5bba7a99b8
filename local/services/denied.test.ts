import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { IAM } from '@aws-sdk/client-iam'
import { Lambda } from '@aws-sdk/client-lambda'
import { S3 } from '@aws-sdk/client-s3'
import { STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../tests/cloud.ts'
import { refusalOf } from '../../tests/refusal.ts'

const ACCOUNT = '123456789012'
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/R/SS`
const document = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`

/** Whole messages, as a client reads them of each service. */
describe('what a client reads of a refused call', () => {
  const cloud = withCloud()
  let config: ReturnType<typeof cloud.config>
  before(async () => {
    const iam = new IAM(cloud.config())
    await iam.createRole({
      RoleName: 'R',
      AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }),
    })
    await iam.putRolePolicy({
      RoleName: 'R',
      PolicyName: 'p',
      PolicyDocument: document({ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::denied/thumbs/*' }),
    })
    await new S3(cloud.config()).createBucket({ Bucket: 'denied' })
    const { Credentials: given } = await new STS(cloud.config()).assumeRole({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/R`,
      RoleSessionName: 'SS',
    })
    config = cloud.config({
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    })
  })

  const refused = (action: string, resource: string) =>
    `User: ${SESSION} is not authorized to perform: ${action}${resource && ` on resource: ${resource}`} because no identity-based policy allows the ${action} action`

  const cases: [string, () => Promise<unknown>, string, number, string][] = [
    [
      'S3',
      () => new S3(config).putObject({ Bucket: 'denied', Key: 'images/x', Body: 'x' }),
      'AccessDenied',
      403,
      refused('s3:PutObject', '"arn:aws:s3:::denied/images/x"'),
    ],
    ['S3, all buckets', () => new S3(config).listBuckets({}), 'AccessDenied', 403, refused('s3:ListAllMyBuckets', '')],
    [
      'DynamoDB',
      () => new DynamoDB(config).putItem({ TableName: 'Images', Item: { id: { S: 'x' } } }),
      'AccessDeniedException',
      400,
      refused('dynamodb:PutItem', arn('dynamodb', 'table/Images')),
    ],
    [
      'Lambda',
      () => new Lambda(config).invoke({ FunctionName: 'f' }),
      'AccessDeniedException',
      403,
      refused('lambda:InvokeFunction', arn('lambda', 'function:f')),
    ],
    [
      'CloudWatch Logs',
      () => new CloudWatchLogs(config).createLogGroup({ logGroupName: 'g' }),
      'AccessDeniedException',
      400,
      refused('logs:CreateLogGroup', arn('logs', 'log-group:g:log-stream:')),
    ],
    [
      'IAM',
      () => new IAM(config).getRole({ RoleName: 'R' }),
      'AccessDenied',
      403,
      refused('iam:GetRole', `arn:aws:iam::${ACCOUNT}:role/R`),
    ],
    [
      'STS',
      () => new STS(config).assumeRole({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/R`, RoleSessionName: 'TT' }),
      'AccessDenied',
      403,
      refused('sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/R`),
    ],
  ]
  for (const [service, call, name, status, message] of cases)
    it(service, async () => {
      expect(await refusalOf(call())).to.deep.equal({ name, message, status })
    })

  it('S3, HEAD: a status and no body', async () => {
    const { status, message } = await refusalOf(new S3(config).headObject({ Bucket: 'denied', Key: 'images/x' }))

    expect(status).to.equal(403)
    expect(message).not.to.contain('not authorized')
  })

  it('S3, nobody: no reason', async () => {
    const answer = await fetch(`${config.endpoint}/denied/images/x`)

    expect(answer.status).to.equal(403)
    expect(await answer.text()).to.match(/<Code>AccessDenied<\/Code><Message>Access Denied<\/Message>/)
  })

  it('the log says what came nearest', () => {
    const line = cloud.log.find(({ text }) => text.includes('images/x'))

    expect(line?.from).to.equal('iam')
    expect(line?.text).to.equal(
      `denied: no identity-based policy allows the s3:PutObject action on arn:aws:s3:::denied/images/x; nearest: R's inline policy p, statement 1: resource arn:aws:s3:::denied/thumbs/* does not match arn:aws:s3:::denied/images/x (asked by ${SESSION})`,
    )
  })
})
