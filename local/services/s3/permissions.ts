import { callerName } from '../../iam/explain.ts'
import { onBucket } from './access.ts'
import type { Operations, S3Call } from './call.ts'
import { accessDenied, malformedXml, notImplemented, refusal } from './errors.ts'
import { bucketArn } from './names.ts'
import { readPolicy } from './policy.ts'
import { isPublic } from './public.ts'

/** Who may come near a bucket: its policy, the block of public access, the ownership of objects. */

/** The version of a policy that names none. */
const OLDEST_VERSION = '2008-10-17'

const noPolicy = (bucket: string) =>
  refusal('NoSuchBucketPolicy', 404, 'The bucket policy does not exist', { BucketName: bucket })

const policyOf = ({ store }: S3Call, bucket: string): string => {
  const text = store.buckets.setting(bucket, 'policy')
  if (text === undefined) throw noPolicy(bucket)
  return text
}

export const permissions: Operations = {
  PutBucketPolicy: {
    action: onBucket('PutBucketPolicy'),
    run({ Bucket, Policy }, call) {
      const policy = readPolicy(Policy, Bucket)
      const { buckets } = call.store
      if (buckets.setting(Bucket, 'publicAccessBlock')?.BlockPublicPolicy && isPublic(policy))
        throw accessDenied(
          `User: ${callerName(call.caller)} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(Bucket)}" because public policies are blocked by the BlockPublicPolicy block public access setting.`,
        )
      buckets.set(Bucket, 'policy', JSON.stringify({ Version: OLDEST_VERSION, ...policy }))
      return {}
    },
  },
  GetBucketPolicy: {
    action: onBucket('GetBucketPolicy'),
    run: ({ Bucket }, call) => ({ Policy: policyOf(call, Bucket) }),
  },
  DeleteBucketPolicy: {
    action: onBucket('DeleteBucketPolicy'),
    run({ Bucket }, { store }) {
      store.buckets.unset(Bucket, 'policy')
      return {}
    },
  },
  GetBucketPolicyStatus: {
    action: onBucket('GetBucketPolicyStatus'),
    run({ Bucket }, call) {
      const open = isPublic(JSON.parse(policyOf(call, Bucket)))
      const restricted = call.store.buckets.setting(Bucket, 'publicAccessBlock')?.RestrictPublicBuckets ?? false
      return { PolicyStatus: { IsPublic: open && !restricted } }
    },
  },
  PutPublicAccessBlock: {
    action: onBucket('PutBucketPublicAccessBlock'),
    run({ Bucket, PublicAccessBlockConfiguration: asked }, { store }) {
      store.buckets.set(Bucket, 'publicAccessBlock', {
        BlockPublicAcls: asked.BlockPublicAcls ?? false,
        IgnorePublicAcls: asked.IgnorePublicAcls ?? false,
        BlockPublicPolicy: asked.BlockPublicPolicy ?? false,
        RestrictPublicBuckets: asked.RestrictPublicBuckets ?? false,
      })
      return {}
    },
  },
  GetPublicAccessBlock: {
    action: onBucket('GetBucketPublicAccessBlock'),
    run({ Bucket }, { store }) {
      const block = store.buckets.setting(Bucket, 'publicAccessBlock')
      if (block) return { PublicAccessBlockConfiguration: block }
      throw refusal(
        'NoSuchPublicAccessBlockConfiguration',
        404,
        'The public access block configuration was not found',
        { BucketName: Bucket },
      )
    },
  },
  DeletePublicAccessBlock: {
    action: onBucket('PutBucketPublicAccessBlock'),
    run({ Bucket }, { store }) {
      store.buckets.unset(Bucket, 'publicAccessBlock')
      return {}
    },
  },
  PutBucketOwnershipControls: {
    action: onBucket('PutBucketOwnershipControls'),
    run({ Bucket, OwnershipControls }, { store }) {
      const [rule, another] = OwnershipControls.Rules ?? []
      if (!rule?.ObjectOwnership || another) throw malformedXml()
      if (rule.ObjectOwnership !== 'BucketOwnerEnforced') {
        if (!['BucketOwnerPreferred', 'ObjectWriter'].includes(rule.ObjectOwnership)) throw malformedXml()
        throw notImplemented('x-amz-object-ownership')
      }
      store.buckets.set(Bucket, 'ownership', rule.ObjectOwnership)
      return {}
    },
  },
  GetBucketOwnershipControls: {
    action: onBucket('GetBucketOwnershipControls'),
    run({ Bucket }, { store }) {
      const ObjectOwnership = store.buckets.setting(Bucket, 'ownership')
      if (ObjectOwnership) return { OwnershipControls: { Rules: [{ ObjectOwnership }] } }
      throw refusal('OwnershipControlsNotFoundError', 404, 'The bucket ownership controls were not found', {
        BucketName: Bucket,
      })
    },
  },
  DeleteBucketOwnershipControls: {
    action: onBucket('PutBucketOwnershipControls'),
    run({ Bucket }, { store }) {
      store.buckets.unset(Bucket, 'ownership')
      return {}
    },
  },
}
