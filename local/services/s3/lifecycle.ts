import type { LifecycleRule } from '@aws-sdk/client-s3'
import type { Ground } from '../../base/ground.ts'
import { background } from '../background.ts'
import type { Announcer } from './call.ts'
import { abortOf, expiryOf, noncurrentExpiryOf } from './expiry.ts'
import { DAY, rulesFor } from './lifecycleRules.ts'
import type { S3Store } from './store.ts'
import type { Bucket, StoredObject } from './types.ts'
import { deleteCurrent, deleteVersion } from './versions.ts'

/** S3's daily round through the buckets that have a lifecycle. */

/** What fell due while the cloud did not run goes so long after its start, in ms. */
const AT_START = 2000
/** Keys at a time: between them requests are answered. */
const BATCH = 200
const EVENT = 'LifecycleExpiration'
const SERVICE = 's3.amazonaws.com'

/** Deletes of one key what is due: old versions first, then what it stands for. `versions`: the newest first. */
const expire = (
  call: Announcer,
  bucket: Bucket,
  rules: readonly LifecycleRule[],
  versions: readonly StoredObject[],
  now: number,
): void => {
  const [current, ...old] = versions
  if (!current) return
  let left = old.length
  let successor = current
  old.forEach((version, newer) => {
    const due = noncurrentExpiryOf(rules, version, successor.modified, newer)
    successor = version
    if (!due || due.at > now) return
    deleteVersion(call, bucket, version, EVENT)
    left--
  })
  const due = expiryOf(rules, current, left === 0)
  if (!due || due.at > now) return
  if (current.marker) deleteVersion(call, bucket, current, EVENT)
  else deleteCurrent(call, bucket, current.key, EVENT)
}

/** The service at its own work. */
const atWork = (store: S3Store, ground: Ground, { account, region }: Bucket): Announcer => {
  const { caller, facts } = background(ground, { kind: 'service', principal: SERVICE, account }, region)
  return { store, ground, caller, facts: { ...facts, sourceIp: SERVICE } }
}

/** Removes what is due in all buckets; each step is a transaction. */
function* roundOf(store: S3Store, ground: Ground): Generator<void> {
  const now = ground.clock.now()
  const { state } = ground
  for (const bucket of store.buckets.having('lifecycle')) {
    const rules = rulesFor(store.buckets, bucket.name)
    const call = atWork(store, ground, bucket)
    state.transaction(() => {
      for (const upload of [...store.uploads.from(bucket.name, '', undefined)])
        if ((abortOf(rules, upload)?.at ?? now + 1) <= now) store.uploads.abort(upload)
    })
    yield
    for (let keys = ['']; ; ) {
      keys = store.objects.keysAfter(bucket.name, keys.at(-1) as string, BATCH)
      if (keys.length === 0) break
      state.transaction(() => {
        for (const key of keys) expire(call, bucket, rules, store.objects.versions(bucket.name, key), now)
      })
      yield
    }
  }
}

/** Goes its round soon, and from then on at every midnight of UTC; ends by itself when the state is closed. */
export const startLifecycle = (store: S3Store, ground: Ground): void => {
  const { clock, log } = ground
  const later = () => void clock.after(DAY - (clock.now() % DAY), () => go(roundOf(store, ground)))
  const go = (round: Generator<void>): void => {
    try {
      if (!round.next().done) return void setImmediate(() => go(round)).unref()
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ERR_INVALID_STATE') return // the cloud was stopped
      log({ level: 'error', from: 's3', text: 'the round of lifecycles failed and is tried again tomorrow', cause })
    }
    later()
  }
  clock.after(AT_START, () => go(roundOf(store, ground)))
}
