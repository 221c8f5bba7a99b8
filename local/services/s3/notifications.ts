import type { LambdaFunctionConfiguration, NotificationConfiguration } from '@aws-sdk/client-s3'
import { ServiceError } from '../../base/errors.ts'
import { bucketOf, onBucket } from './access.ts'
import type { Operations, S3Call } from './call.ts'
import { invalidArgument, malformedXml, notImplemented, refusal } from './errors.ts'
import { bucketArn } from './names.ts'
import type { Bucket } from './types.ts'

/** Which functions hear of which events of a bucket ("Amazon S3 Event Notifications"). */

const EVENTS = new Set(
  `s3:ObjectCreated:* s3:ObjectCreated:Put s3:ObjectCreated:Post s3:ObjectCreated:Copy
  s3:ObjectCreated:CompleteMultipartUpload s3:ObjectRemoved:* s3:ObjectRemoved:Delete
  s3:ObjectRemoved:DeleteMarkerCreated s3:ObjectRestore:* s3:ObjectRestore:Post s3:ObjectRestore:Completed
  s3:ObjectRestore:Delete s3:ReducedRedundancyLostObject s3:Replication:* s3:Replication:OperationFailedReplication
  s3:Replication:OperationNotTracked s3:Replication:OperationMissedThreshold
  s3:Replication:OperationReplicatedAfterThreshold s3:LifecycleTransition s3:IntelligentTiering s3:ObjectAcl:Put
  s3:ObjectTagging:* s3:ObjectTagging:Put s3:ObjectTagging:Delete s3:LifecycleExpiration:*
  s3:LifecycleExpiration:Delete s3:LifecycleExpiration:DeleteMarkerCreated`.split(/\s+/),
)
const FUNCTION_ARN = /^arn:aws:lambda:([a-z0-9-]+):\d{12}:function:[a-zA-Z0-9_-]+(:[a-zA-Z0-9$_-]+)?$/
const LONGEST_VALUE = 1024
const LONGEST_ID = 255

/** One configuration, taken apart. */
interface Rule {
  id: string
  target: string
  events: string[]
  prefix: string
  suffix: string
}

const argument = (message: string, name = '', value: unknown = '') => invalidArgument(message, name, value)

/** The filters of a configuration. @throws ServiceError InvalidArgument */
const filterOf = ({ Filter }: LambdaFunctionConfiguration): Pick<Rule, 'prefix' | 'suffix'> => {
  const found: { prefix?: string; suffix?: string } = {}
  for (const { Name, Value = '' } of Filter?.Key?.FilterRules ?? []) {
    const name = Name?.toLowerCase()
    if (name !== 'prefix' && name !== 'suffix')
      throw argument('filter rule name must be either prefix or suffix', 'FilterRule.Name', Name)
    if (found[name] !== undefined)
      throw argument(`Cannot specify more than one ${name} rule in a filter.`, 'FilterRule.Name', Name)
    if (Buffer.byteLength(Value) > LONGEST_VALUE)
      throw argument(
        'Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation',
        'FilterRule.Value',
        Value,
      )
    found[name] = Value
  }
  return { prefix: found.prefix ?? '', suffix: found.suffix ?? '' }
}

/** A configuration as S3 tells it: the names of filters with a capital, however they were given. */
const shown = <One extends LambdaFunctionConfiguration>(one: One): One => {
  const rules = one.Filter?.Key?.FilterRules
  if (!rules) return one
  const FilterRules = rules.map(({ Name, Value }) => ({
    Name: (Name?.toLowerCase() === 'prefix' ? 'Prefix' : 'Suffix') as 'prefix',
    Value,
  }))
  return { ...one, Filter: { Key: { FilterRules } } }
}

const ruleOf = (configuration: LambdaFunctionConfiguration, id: string, { region }: Bucket): Rule => {
  const { LambdaFunctionArn: target = '', Events: events = [] } = configuration
  const [, home] = FUNCTION_ARN.exec(target) ?? []
  if (home === undefined) throw argument('The ARN could not be parsed', 'LambdaFunctionArn', target)
  if (home !== region)
    throw argument(
      'The notification destination service region is not valid for the bucket location constraint',
      'LambdaFunctionArn',
      target,
    )
  if (events.length === 0) throw malformedXml()
  for (const event of events)
    if (!EVENTS.has(event)) throw argument('A specified event is not supported for notifications.', 'Event', event)
  if (id.length > LONGEST_ID) throw argument('ID should not be longer than 255 characters', 'Id', id)
  return { id, target, events: [...events], ...filterOf(configuration) }
}

const isWithin = (event: string, kind: string) => kind.endsWith('*') && event.startsWith(kind.slice(0, -1))
const shareEvent = (a: Rule, b: Rule) =>
  a.events.some((one) => b.events.some((other) => one === other || isWithin(one, other) || isWithin(other, one)))

/** Two configurations may not want the same event of the same key. @throws ServiceError InvalidArgument */
const checkOverlap = (rules: readonly Rule[]): void => {
  rules.forEach((a, index) => {
    for (const b of rules.slice(index + 1)) {
      const prefixes = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)
      const suffixes = a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix)
      if (!prefixes || !suffixes || !shareEvent(a, b)) continue
      const filtered = a.prefix || a.suffix || b.prefix || b.suffix
      throw argument(
        filtered
          ? 'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.'
          : 'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
      )
    }
  })
}

/**
 * S3 tries whether it may invoke a function before it promises to; its test event goes to queues and topics alone.
 * @throws ServiceError InvalidArgument
 */
const checkTarget = async (call: S3Call, { name, account }: Bucket, target: string): Promise<void> => {
  const as = {
    kind: 'service' as const,
    principal: 's3.amazonaws.com',
    account,
    sourceArn: bucketArn(name),
    sourceAccount: account,
  }
  try {
    await call.cloud('lambda', { as }).Invoke({ FunctionName: target, InvocationType: 'DryRun' })
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    throw refusal('InvalidArgument', 400, 'Unable to validate the following destination configurations', {
      ArgumentName1: `${target}, null`,
      ArgumentValue1: `Not authorized to invoke function [${target}]`,
    })
  }
}

const checkKinds = ({ TopicConfigurations, QueueConfigurations }: NotificationConfiguration) => {
  if (TopicConfigurations?.length) throw notImplemented('TopicConfiguration')
  if (QueueConfigurations?.length) throw notImplemented('QueueConfiguration')
}

export const notifications: Operations = {
  PutBucketNotificationConfiguration: {
    action: onBucket('PutBucketNotification'),
    async run({ Bucket, NotificationConfiguration: asked, SkipDestinationValidation }, call) {
      const bucket = bucketOf(call, Bucket)
      checkKinds(asked)
      const configurations = (asked.LambdaFunctionConfigurations ?? []).map((one) => ({
        ...one,
        Id: one.Id || call.ground.ids.uuid(),
      }))
      const rules = configurations.map((one) => ruleOf(one, one.Id, bucket))
      if (new Set(rules.map(({ id }) => id)).size < rules.length)
        throw argument('Same ID used for multiple configurations. IDs must be unique')
      checkOverlap(rules)
      if (!SkipDestinationValidation)
        for (const target of new Set(rules.map((rule) => rule.target))) await checkTarget(call, bucket, target)
      const notification = {
        ...(configurations.length === 0 ? {} : { LambdaFunctionConfigurations: configurations.map(shown) }),
        ...(asked.EventBridgeConfiguration ? { EventBridgeConfiguration: {} } : {}),
      }
      if (Object.keys(notification).length === 0) call.store.buckets.unset(Bucket, 'notification')
      else call.store.buckets.set(Bucket, 'notification', notification)
      return {}
    },
  },
  GetBucketNotificationConfiguration: {
    action: onBucket('GetBucketNotification'),
    run: ({ Bucket }, { store }) => store.buckets.setting(Bucket, 'notification') ?? {},
  },
}
