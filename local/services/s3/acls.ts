import { canonicalUserId } from '../../iam/principals.ts'
import { bucketOf, onBucket, onExisting } from './access.ts'
import type { Operations } from './call.ts'
import { aclNotSupported } from './errors.ts'
import { find, missing } from './lookup.ts'
import type { Bucket } from './types.ts'

/** Every bucket's owner owns its objects (`BucketOwnerEnforced`): access control lists say so, and cannot be changed. */

const ownersAcl = ({ account }: Bucket) => {
  const owner = { ID: canonicalUserId(account) }
  return {
    Owner: owner,
    Grants: [{ Grantee: { ...owner, Type: 'CanonicalUser' as const }, Permission: 'FULL_CONTROL' as const }],
  }
}

export const acls: Operations = {
  GetBucketAcl: { action: onBucket('GetBucketAcl'), run: ({ Bucket }, call) => ownersAcl(bucketOf(call, Bucket)) },
  PutBucketAcl: {
    action: onBucket('PutBucketAcl', ({ ACL }) => ({ 's3:x-amz-acl': ACL })),
    run() {
      throw aclNotSupported()
    },
  },
  GetObjectAcl: {
    action: onExisting('GetObjectAcl', 'GetObjectVersionAcl'),
    run(input, call) {
      if (!find(call, input)) missing(call, input)
      return ownersAcl(bucketOf(call, input.Bucket))
    },
  },
  PutObjectAcl: {
    action: onExisting('PutObjectAcl', 'PutObjectVersionAcl'),
    run(input, call) {
      if (!find(call, input)) missing(call, input)
      throw aclNotSupported()
    },
  },
}
