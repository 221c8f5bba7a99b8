import { service } from '../service.ts'
import { acls } from './acls.ts'
import { buckets } from './buckets.ts'
import { configurations } from './configurations.ts'
import { copies } from './copies.ts'
import { corsOperations, crossOrigin } from './cors.ts'
import { bucketPolicy } from './guard.ts'
import { lists } from './lists.ts'
import { notifications } from './notifications.ts'
import { permissions } from './permissions.ts'
import { reads } from './reads.ts'
import { resources } from './resources.ts'
import { createStore } from './store.ts'
import { uploads } from './uploads.ts'
import { versionLists } from './versionLists.ts'
import { versioning } from './versions.ts'
import { websites } from './website.ts'
import { writes } from './writes.ts'

/**
 * Amazon S3: general purpose buckets, their objects in versions, multipart uploads, policies, notifications of
 * functions. Not here: deletion with MFA, lifecycle, replication, object lock, access control lists
 * that change anything, encryption with keys of the user's, access points, directory buckets, S3 Select.
 */
export const s3 = service(
  {
    name: 's3',
    sdk: () => import('@aws-sdk/client-s3'),
    protocol: 'restXml',
    namespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    denied: 'AccessDenied',
    largest: 2 * 1024 ** 2,
    store: createStore,
    resourcePolicy: bucketPolicy,
    crossOrigin,
    resources,
  },
  {
    ...acls,
    ...buckets,
    ...configurations,
    ...copies,
    ...corsOperations,
    ...lists,
    ...notifications,
    ...permissions,
    ...reads,
    ...uploads,
    ...versioning,
    ...versionLists,
    ...websites,
    ...writes,
  },
)
