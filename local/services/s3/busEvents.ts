import type { Caller } from '../../iam/types.ts'
import type { Announcer } from './call.ts'
import { bucketArn } from './names.ts'
import type { Bucket, EventObject } from './types.ts'

/** The queue of the outbox where the events of buckets wait that send them to EventBridge. */
export const BUS_EVENTS = 's3-eventbridge'

/** An event on its way to the default bus of its bucket's account ("EventBridge event message structure" in S3's user guide). */
export interface BusParcel {
  account: string
  region: string
  /** `Object Created` */
  detailType: string
  /** ms since the epoch */
  time: number
  bucketArn: string
  detail: object
}

interface Kind {
  detailType: string
  reason?: string
  deletionType?: 'Permanently Deleted' | 'Delete Marker Created'
}

const created = (reason: string): Kind => ({ detailType: 'Object Created', reason })
const deleted = (reason: string, deletionType: Kind['deletionType']): Kind => ({
  detailType: 'Object Deleted',
  reason,
  deletionType,
})

/** What an event of a notification is called on the bus. */
const KINDS: Record<string, Kind> = {
  'ObjectCreated:Put': created('PutObject'),
  'ObjectCreated:Post': created('POST Object'),
  'ObjectCreated:Copy': created('CopyObject'),
  'ObjectCreated:CompleteMultipartUpload': created('CompleteMultipartUpload'),
  'ObjectRemoved:Delete': deleted('DeleteObject', 'Permanently Deleted'),
  'ObjectRemoved:DeleteMarkerCreated': deleted('DeleteObject', 'Delete Marker Created'),
  'LifecycleExpiration:Delete': deleted('Lifecycle Expiration', 'Permanently Deleted'),
  'LifecycleExpiration:DeleteMarkerCreated': deleted('Lifecycle Expiration', 'Delete Marker Created'),
  'ObjectTagging:Put': { detailType: 'Object Tags Added' },
  'ObjectTagging:Delete': { detailType: 'Object Tags Deleted' },
}

const requesterOf = (caller: Caller): string => {
  if (caller.kind === 'anonymous') return 'Anonymous'
  return caller.kind === 'service' ? caller.principal : caller.account
}

/** Puts an event into the outbox for EventBridge, whose rules choose: to be called within the transaction of what it tells. */
export const announceOnBus = (
  { caller, facts, ground }: Announcer,
  bucket: Bucket,
  name: string,
  { key, size, etag, version }: EventObject,
  sequencer: string,
): void => {
  const kind = KINDS[name]
  if (!kind) throw new Error(`EventBridge knows no event ${name} of S3`)
  const parcel: BusParcel = {
    account: bucket.account,
    region: bucket.region,
    detailType: kind.detailType,
    time: ground.clock.now(),
    bucketArn: bucketArn(bucket.name),
    detail: {
      version: '0',
      'event-version': '1.0',
      bucket: { name: bucket.name },
      object: {
        key, // as it is: only notifications have it encoded
        ...(size === undefined ? {} : { size }),
        ...(etag === undefined ? {} : { etag }),
        ...(version === undefined || version === 'null' ? {} : { 'version-id': version }),
        ...(kind.reason === undefined ? {} : { sequencer }),
      },
      'request-id': facts.requestId,
      requester: requesterOf(caller),
      ...(caller.kind === 'service' ? {} : { 'source-ip-address': facts.sourceIp }),
      ...(kind.reason === undefined ? {} : { reason: kind.reason }),
      ...(kind.deletionType === undefined ? {} : { 'deletion-type': kind.deletionType }),
    },
  }
  ground.outbox.add(BUS_EVENTS, parcel)
}
