import { service } from '../service.ts'
import { absent } from './absent.ts'
import { acls } from './acls.ts'
import { buckets } from './buckets.ts'
import { configurations } from './configurations.ts'
import { copies } from './copies.ts'
import { corsOperations, crossOrigin } from './cors.ts'
import { bucketPolicy } from './guard.ts'
import { startLifecycle } from './lifecycle.ts'
import { lifecycleRules } from './lifecycleRules.ts'
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
 * Amazon S3: general purpose buckets, their objects in versions, multipart uploads, policies, lifecycles, CORS,
 * notifications to functions and EventBridge; the door serves its websites and takes its forms. Not here: deletion with
 * MFA, transitions between storage classes (a lifecycle only deletes), restoring what is archived, replication, object
 * lock, access control lists that change anything, encryption with keys of the user's, notifications to queues and topics,
 * access points, directory buckets, S3 Select; nor what `absent.ts` tells that no bucket has.
 */
export const s3 = service(
  {
    name: 's3',
    sdk: () => import('@aws-sdk/client-s3'),
    protocol: 'restXml',
    namespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    denied: 'AccessDenied',
    largest: 2 * 1024 ** 2,
    store(ground) {
      const store = createStore(ground)
      startLifecycle(store, ground)
      return store
    },
    resourcePolicy: bucketPolicy,
    crossOrigin,
    resources,
  },
  {
    ...absent,
    ...acls,
    ...buckets,
    ...configurations,
    ...copies,
    ...corsOperations,
    ...lifecycleRules,
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
