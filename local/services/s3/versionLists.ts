import { canonicalUserId } from '../../iam/principals.ts'
import { bucketOf, onBucket } from './access.ts'
import type { Operations, S3Call } from './call.ts'
import { quoted } from './conditions.ts'
import { invalidArgument, invalidVersion } from './errors.ts'
import { after, following, pageOf, sharedPrefix } from './listing.ts'
import { commonPrefixes, encoding, listKeys, mostOf } from './lists.ts'
import type { ListedVersion } from './types.ts'
import { bornOf } from './versions.ts'

/** The list of versions and delete markers: by key, of each key the newest first. */

interface Marker {
  key: string
  /** Versions of `key` that were born before this one are still to be listed. */
  born: number
}

/**
 * Where a list goes on within the versions of a key. Whatever was deleted since the page before, nothing is left out.
 * @throws ServiceError InvalidArgument
 */
const markerOf = ({ store }: S3Call, bucket: string, key: string, id: string | undefined): Marker | undefined => {
  if (id === undefined) return undefined
  const refused = (message: string) => invalidArgument(message, 'version-id-marker', id)
  if (key === '') throw refused('A version-id marker cannot be specified without a key marker.')
  if (id === '') throw refused('A version-id marker cannot be empty.')
  // The id of a null version does not tell its place: when it is gone, the versions of its key are listed from the newest.
  if (id === 'null') return { key, born: store.objects.version(bucket, key, id)?.born ?? Number.MAX_SAFE_INTEGER }
  const born = bornOf(id)
  if (born === undefined) throw invalidVersion(id)
  return { key, born }
}

function* olderThan(marker: Marker | undefined, all: Iterable<ListedVersion>): Generator<ListedVersion> {
  for (const one of all) if (!marker || one.key !== marker.key || one.born < marker.born) yield one
}

export const versionLists: Operations = {
  ListObjectVersions: {
    action: onBucket('ListBucketVersions', listKeys),
    run(input, call) {
      const { Prefix: prefix = '', Delimiter: delimiter = '', KeyMarker = '', VersionIdMarker } = input
      const { name, account } = bucketOf(call, input.Bucket)
      const { encode, shown } = encoding(input.EncodingType)
      const most = mostOf(input.MaxKeys, 'maxKeys')
      const marker = markerOf(call, name, KeyMarker, VersionIdMarker)
      // A marker within a shared beginning stands for all that begins so.
      const shared = KeyMarker.startsWith(prefix) ? sharedPrefix(KeyMarker, prefix, delimiter) : undefined
      const start = (shared === undefined ? undefined : after(shared)) ?? (marker ? KeyMarker : following(KeyMarker))
      const page = pageOf((from, end) => olderThan(marker, call.store.objects.versionsFrom(name, from, end)), {
        prefix,
        delimiter,
        start,
        most,
      })
      const truncated = page.next !== undefined
      const last = page.items.at(-1)
      const told = ({ key, version, latest, modified }: ListedVersion) => ({
        Key: encode(key),
        VersionId: version,
        IsLatest: latest === 1,
        LastModified: new Date(modified),
        Owner: { ID: canonicalUserId(account) },
      })
      return {
        Name: name,
        Prefix: encode(prefix),
        KeyMarker: encode(KeyMarker),
        VersionIdMarker: VersionIdMarker ?? '',
        ...(truncated ? { NextKeyMarker: encode(page.last ?? '') } : {}),
        ...(truncated && last?.key === page.last ? { NextVersionIdMarker: last?.version } : {}),
        MaxKeys: most,
        ...(delimiter ? { Delimiter: encode(delimiter) } : {}),
        ...shown,
        IsTruncated: truncated,
        Versions: page.items
          .filter(({ marker: isMarker }) => isMarker === 0)
          .map((one) => ({
            ...told(one),
            ETag: quoted(one.etag),
            Size: one.size,
            StorageClass: one.storageClass as 'STANDARD',
            ChecksumAlgorithm: [one.algorithm],
            ChecksumType: one.type,
          })),
        DeleteMarkers: page.items.filter(({ marker: isMarker }) => isMarker === 1).map(told),
        CommonPrefixes: commonPrefixes(page, encode),
      }
    },
  },
}
