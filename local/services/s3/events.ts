import type { Caller } from '../../iam/types.ts'
import { announceOnBus } from './busEvents.ts'
import type { Announcer } from './call.ts'
import { bucketArn, customerId, formEncode } from './names.ts'
import type { Bucket, EventObject } from './types.ts'

/** The queue of the outbox where notifications wait for `sources/`. */
export const NOTIFICATIONS = 's3'

/** A notification on its way: one event for one function. */
export interface S3Parcel {
  /** ARN of the function. */
  target: string
  bucketArn: string
  account: string
  region: string
  /** "Event message structure" in S3's user guide; `Records` holds it alone. */
  record: object
}

const principalOf = (caller: Caller): string => {
  if (caller.kind === 'anonymous') return 'Anonymous'
  if (caller.kind === 'service') return caller.principal
  return `AWS:${caller.userId}`
}

/** Whether a configuration wants an event: `s3:ObjectCreated:*` wants `ObjectCreated:Put`. */
const wants = (events: readonly string[] | undefined, name: string): boolean =>
  (events ?? []).some(
    (one) => one === `s3:${name}` || (one.endsWith(':*') && `s3:${name}`.startsWith(one.slice(0, -1))),
  )

const fits = (
  rules: readonly { Name?: string | undefined; Value?: string | undefined }[] | undefined,
  key: string,
): boolean =>
  (rules ?? []).every(({ Name, Value = '' }) =>
    Name?.toLowerCase() === 'prefix' ? key.startsWith(Value) : key.endsWith(Value),
  )

/** Events of later kinds have a later version. */
const versionOf = (name: string) => (/^(ObjectTagging|Lifecycle)/.test(name) ? '2.3' : '2.1')

/**
 * Puts an event into the outbox for each function that the bucket's notification configuration names for it, and for
 * EventBridge where it says so: to be called within the transaction of what it tells, so that both are there or neither.
 */
export const announce = (call: Announcer, bucket: Bucket, name: string, object: EventObject): void => {
  const wanted = call.store.buckets.setting(bucket.name, 'notification')
  if (!wanted) return
  const { LambdaFunctionConfigurations = [], EventBridgeConfiguration } = wanted
  const matching = LambdaFunctionConfigurations.filter(
    ({ Events, Filter }) => wants(Events, name) && fits(Filter?.Key?.FilterRules, object.key),
  )
  if (matching.length === 0 && !EventBridgeConfiguration) return
  const now = call.ground.clock.now()
  const sequencer = call.store.sequence(now).toString(16).toUpperCase().padStart(18, '0')
  const arn = bucketArn(bucket.name)
  if (EventBridgeConfiguration) announceOnBus(call, bucket, name, object, sequencer)
  for (const { Id, LambdaFunctionArn } of matching) {
    const record = {
      eventVersion: versionOf(name),
      eventSource: 'aws:s3',
      awsRegion: bucket.region,
      eventTime: new Date(now).toISOString(),
      eventName: name,
      userIdentity: { principalId: principalOf(call.caller) },
      requestParameters: { sourceIPAddress: call.facts.sourceIp },
      responseElements: {
        'x-amz-request-id': call.facts.requestId,
        'x-amz-id-2': Buffer.from(call.facts.requestId).toString('base64'),
      },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: Id,
        bucket: { name: bucket.name, ownerIdentity: { principalId: customerId(bucket.account) }, arn },
        object: {
          key: formEncode(object.key),
          ...(object.size === undefined ? {} : { size: object.size }),
          ...(object.etag === undefined ? {} : { eTag: object.etag }),
          ...(object.version === undefined || object.version === 'null' ? {} : { versionId: object.version }),
          sequencer,
        },
      },
    }
    const parcel: S3Parcel = {
      target: LambdaFunctionArn ?? '',
      bucketArn: arn,
      account: bucket.account,
      region: bucket.region,
      record,
    }
    call.ground.outbox.add(NOTIFICATIONS, parcel)
  }
}
