import type { Ids } from '../../base/ids.ts'
import { onBucket } from './access.ts'
import type { Announcer, Operations, S3Call } from './call.ts'
import { accessDenied, malformedXml, notImplemented, refusal } from './errors.ts'
import { announce } from './events.ts'
import type { Bucket, StoredObject } from './types.ts'

/** Versions of objects ("Retaining multiple versions of objects with S3 Versioning"): their ids, and delete markers. */

const ID_BYTES = 24

/**
 * The id of a version: 32 characters, opaque to clients. It begins with the number that puts it in order, so that a list
 * goes on from a version that is deleted meanwhile.
 */
const idOf = (born: number, ids: Ids): string => {
  const bytes = Buffer.from(ids.secret(ID_BYTES), 'base64url')
  bytes.writeBigUInt64BE(BigInt(born))
  return bytes.toString('base64url')
}

/** When a version was born, by its id; nothing for an id that S3 cannot have given, and for `null`. */
export const bornOf = (id: string): number | undefined => {
  if (!/^[A-Za-z0-9_-]{32}$/.test(id)) return undefined
  const born = Number(Buffer.from(id, 'base64url').readBigUInt64BE())
  return Number.isSafeInteger(born) ? born : undefined
}

export const isVersionId = (id: string): boolean => id === 'null' || bornOf(id) !== undefined

/** What a new version in a bucket is called; to be asked within the transaction that stores it. */
export const newVersion = ({ store, ground }: Announcer, bucket: string): Pick<StoredObject, 'version' | 'born'> => {
  const born = store.sequence(ground.clock.now())
  const isOn = store.buckets.setting(bucket, 'versioning') === 'Enabled'
  return { born, version: isOn ? idOf(born, ground.ids) : 'null' }
}

/** The id of a version as answers show it: none in a bucket that never had versions. */
export const shownVersion = ({ store }: S3Call, { bucket, version }: StoredObject): { VersionId?: string } =>
  store.buckets.setting(bucket, 'versioning') === undefined ? {} : { VersionId: version }

const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e'

/**
 * Deletes what a key stands for, as its bucket's versioning has it: for good, or by a delete marker on top. To be called
 * within a transaction; `event` is the kind that is told of it, `ObjectRemoved` or `LifecycleExpiration`.
 * @returns the delete marker, if there is one
 */
export const deleteCurrent = (
  call: Announcer,
  bucket: Bucket,
  key: string,
  event: string,
): StoredObject | undefined => {
  const { store, ground } = call
  if (store.buckets.setting(bucket.name, 'versioning') === undefined) {
    const object = store.objects.find(bucket.name, key)
    if (!object) return undefined
    store.objects.delete(object)
    announce(call, bucket, `${event}:Delete`, { key })
    return undefined
  }
  const marker: StoredObject = {
    ...newVersion(call, bucket.name),
    bucket: bucket.name,
    key,
    marker: true,
    content: '',
    size: 0,
    etag: EMPTY_MD5,
    modified: Math.floor(ground.clock.now() / 1000) * 1000,
    storageClass: 'STANDARD',
    attributes: { Metadata: {} },
    tags: [],
    checksum: { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: '' },
  }
  store.objects.put(marker)
  const { etag, version } = marker
  announce(call, bucket, `${event}:DeleteMarkerCreated`, { key, etag, version })
  return marker
}

/** Deletes one version for good, within a transaction. */
export const deleteVersion = (call: Announcer, bucket: Bucket, object: StoredObject, event: string): void => {
  call.store.objects.delete(object)
  announce(call, bucket, `${event}:Delete`, { key: object.key, version: object.version })
}

export const versioning: Operations = {
  PutBucketVersioning: {
    action: onBucket('PutBucketVersioning'),
    run({ Bucket, MFA, VersioningConfiguration: { Status, MFADelete } }, { store }) {
      if (MFADelete === 'Enabled') {
        if (MFA === undefined) throw accessDenied('Mfa Authentication must be used for this request')
        throw notImplemented('x-amz-mfa') // nobody here has a device
      }
      if (MFADelete !== undefined && MFADelete !== 'Disabled') throw malformedXml()
      if (Status === undefined)
        throw refusal('IllegalVersioningConfigurationException', 400, 'The Versioning element must be specified')
      if (Status !== 'Enabled' && Status !== 'Suspended') throw malformedXml()
      store.buckets.set(Bucket, 'versioning', Status)
      return {}
    },
  },
  GetBucketVersioning: {
    action: onBucket('GetBucketVersioning'),
    run({ Bucket }, { store }) {
      const Status = store.buckets.setting(Bucket, 'versioning')
      return Status === undefined ? {} : { Status }
    },
  },
}
