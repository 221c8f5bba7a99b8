import type { AccessLogSettings } from '@aws-sdk/client-apigatewayv2'
import { ServiceError } from '../../../base/errors.ts'
import { matches, pattern } from '../../../iam/patterns.ts'
import type { Caller, Policy, Statement } from '../../../iam/types.ts'
import type { Sdks } from '../../sdks.ts'
import type { Client, Context, OperationCall } from '../../service.ts'
import { checkFormat } from '../accessFormat.ts'
import { invalid } from '../errors.ts'

/**
 * The way of access logs into a log group ("Configure logging for HTTP APIs", and "Enable logging from AWS services" of
 * CloudWatch Logs): not by a role, as those of REST APIs, but by log delivery, which a resource policy lets write.
 */

type Logs = Client<Sdks['logs']>

/** Runs what must not run beside its like: one after the other, whatever becomes of those before. */
export interface Turns {
  inTurn<T>(run: () => Promise<T>): Promise<T>
}

/** A log group that lines are written to. */
export interface Destination {
  region: string
  account: string
  group: string
}

const ARN = /^arn:[\w-]+:logs:([\w-]+):(\d{12}):log-group:([.\-_/#A-Za-z0-9]{1,512})(?::\*)?$/
const SERVICE = 'delivery.logs.amazonaws.com'
const POLICY = 'AWSLogDeliveryWrite20150319'
const SID = 'AWSLogDeliveryWrite'
/** Characters of a resource policy of CloudWatch Logs. */
const LARGEST_POLICY = 5120
const CHECK_STREAM = 'log_stream_created_by_aws_to_validate_log_delivery_subscriptions'
const CHECK_LINE =
  'Permissions are set correctly to allow AWS CloudWatch Logs to write into your logs while creating a subscription.'

export const destinationOf = ({ DestinationArn: arn = '' }: AccessLogSettings): Destination | undefined => {
  const [, region, account, group] = ARN.exec(arn) ?? []
  return region && account && group ? { region, account, group } : undefined
}

const isCode = (error: unknown, code: string) => error instanceof ServiceError && error.code === code

/** As whom log delivery calls. */
export const deliverer = ({ region, account }: Destination): Caller => ({
  kind: 'service',
  principal: SERVICE,
  account,
  sourceArn: `arn:aws:logs:${region}:${account}:*`,
  sourceAccount: account,
})

/** Writes a line into a stream, which it makes where it is not there. @throws ServiceError */
export const deliver = async (
  logs: Logs,
  { group }: Destination,
  logStreamName: string,
  line: { timestamp: number; message: string },
): Promise<void> => {
  const put = { logGroupName: group, logStreamName, logEvents: [line] }
  try {
    await logs.PutLogEvents(put)
  } catch (error) {
    if (!isCode(error, 'ResourceNotFoundException')) throw error
    await logs.CreateLogStream({ logGroupName: group, logStreamName })
    await logs.PutLogEvents(put)
  }
}

/** The policy that lets log delivery write, with one more group; undefined where it is let into that one already. */
const widened = (document: string | undefined, { region, account, group }: Destination): string | undefined => {
  const arn = `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:*`
  const policy: Policy = document === undefined ? { Version: '2012-10-17', Statement: [] } : JSON.parse(document)
  const statements = [policy.Statement].flat()
  const before = statements.find(({ Sid }) => Sid === SID)
  const resources = [before?.Resource ?? []].flat()
  if (resources.some((one) => matches(pattern(one), arn))) return undefined
  const statement: Statement = {
    Sid: SID,
    Effect: 'Allow',
    Principal: { Service: SERVICE },
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [...resources, arn],
    Condition: {
      StringEquals: { 'aws:SourceAccount': [account] },
      ArnLike: { 'aws:SourceArn': [`arn:aws:logs:${region}:${account}:*`] },
    },
  }
  return JSON.stringify({ ...policy, Statement: [...statements.filter((one) => one !== before), statement] })
}

const checkSettings = ({ DestinationArn: arn, Format: format }: AccessLogSettings, { account, region }: Context) => {
  if (arn !== undefined) {
    const destination = destinationOf({ DestinationArn: arn })
    if (destination?.account !== account || destination.region !== region)
      throw invalid(
        `Invalid ARN specified in the request: DestinationArn must be that of a log group of this account and region, not ${arn.slice(0, 200)}`,
      )
  }
  if (format !== undefined) checkFormat(format)
}

/**
 * Lets log delivery write where a stage's settings say, as whoever sets them: they must be allowed to. AWS tries it out
 * with a stream of its own. @throws ServiceError `BadRequestException`
 */
export const enableDelivery = async (settings: AccessLogSettings, call: OperationCall<Turns>): Promise<void> => {
  checkSettings(settings, call)
  const destination = destinationOf(settings)
  // One after the other: each reads the policy, and writes it with its own group in it.
  if (destination) await call.store.inTurn(() => enabled(destination, call))
}

const enabled = async (destination: Destination, call: OperationCall<Turns>): Promise<void> => {
  const { ground, cloud } = call
  const line = { timestamp: ground.clock.now(), message: CHECK_LINE }
  const logs = cloud('logs', { as: deliverer(destination) })
  try {
    call.ask(['logs:CreateLogDelivery', '*'])
    const { resourcePolicies = [] } = await cloud('logs').DescribeResourcePolicies({})
    const before = resourcePolicies.find(({ policyName }) => policyName === POLICY)
    const policyDocument = widened(before?.policyDocument, destination)
    if (policyDocument && policyDocument.length > LARGEST_POLICY)
      throw invalid(
        `Cannot enable logging. Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > ${LARGEST_POLICY}`,
      )
    if (policyDocument) await cloud('logs').PutResourcePolicy({ policyName: POLICY, policyDocument })
    await deliver(logs, destination, CHECK_STREAM, line).catch(async (error) => {
      if (!isCode(error, 'ResourceNotFoundException')) throw error
      await cloud('logs').CreateLogGroup({ logGroupName: destination.group })
      await deliver(logs, destination, CHECK_STREAM, line)
    })
  } catch (error) {
    if (!(error instanceof ServiceError) || isCode(error, 'BadRequestException')) throw error
    throw invalid('Insufficient permissions to enable logging')
  }
}
