import { canonicalUserId } from '../../iam/principals.ts'
import type { Access, ConditionKeys } from '../../iam/types.ts'
import { bucketAnywhere, bucketOf, onBucket } from './access.ts'
import type { Operations, S3Call, S3Input } from './call.ts'
import { invalidArgument, notFound, notImplemented, refusal } from './errors.ts'
import { bucketArn, isBucketName, isLocation } from './names.ts'
import { tagsOf } from './tags.ts'

/** Buckets themselves: CreateBucket, HeadBucket, DeleteBucket, ListBuckets, GetBucketLocation. */

const MOST_BUCKETS = 10_000
const HOME = 'us-east-1'

const illegal = (location: string) =>
  refusal(
    'IllegalLocationConstraintException',
    400,
    `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  )

/**
 * The region that a new bucket is to be in: us-east-1 takes buckets for all, and alone takes those without a constraint;
 * each other region its own only.
 */
const regionOf = (constraint: string | undefined, asked: string): string => {
  if (constraint === undefined) {
    if (asked !== HOME) throw illegal('unspecified')
    return HOME
  }
  if (!isLocation(constraint))
    throw refusal('InvalidLocationConstraint', 400, 'The specified location-constraint is not valid', {
      LocationConstraint: constraint,
    })
  const region = constraint === 'EU' ? 'eu-west-1' : constraint
  if (asked !== HOME && asked !== region) throw illegal(constraint)
  return region
}

type CreateInput = S3Input<'CreateBucket'>

/** New buckets have no access control lists but the owner's. */
const checkBucketAcl = (input: CreateInput) => {
  const { ACL, ObjectOwnership = 'BucketOwnerEnforced', GrantFullControl, GrantRead, GrantWrite } = input
  if (ObjectOwnership !== 'BucketOwnerEnforced') throw notImplemented('x-amz-object-ownership')
  const others = [GrantFullControl, GrantRead, GrantWrite, input.GrantReadACP, input.GrantWriteACP]
  if ((ACL !== undefined && ACL !== 'private') || others.some((grant) => grant !== undefined))
    throw refusal(
      'InvalidBucketAclWithObjectOwnership',
      400,
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    )
}

/** The bucket of a name that is taken by the caller, to whom us-east-1 gives it once more. @throws ServiceError (409) */
const checkTaken = ({ store, account, region }: S3Call, name: string): boolean => {
  const bucket = store.buckets.find(name)
  if (!bucket) return false
  if (bucket.account !== account)
    throw refusal(
      'BucketAlreadyExists',
      409,
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      { BucketName: name },
    )
  if (bucket.region !== HOME || region !== HOME)
    throw refusal(
      'BucketAlreadyOwnedByYou',
      409,
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: name },
    )
  return true
}

const createKeys = ({ ACL, CreateBucketConfiguration, ObjectOwnership }: CreateInput): ConditionKeys => ({
  's3:x-amz-acl': ACL,
  's3:locationconstraint': CreateBucketConfiguration?.LocationConstraint,
  's3:x-amz-object-ownership': ObjectOwnership,
})

/** What the parts of a request ask for beside CreateBucket (S3's API reference, CreateBucket, "Permissions"). */
const alsoAsked = ({ ObjectOwnership, CreateBucketConfiguration }: CreateInput): string[] => [
  ...(ObjectOwnership === undefined ? [] : ['s3:PutBucketOwnershipControls']),
  ...(CreateBucketConfiguration?.Tags?.length ? ['s3:TagResource'] : []),
]

export const buckets: Operations = {
  CreateBucket: {
    action: (input, { account }) => {
      const keys = { 'aws:ResourceAccount': account, 's3:ResourceAccount': account, ...createKeys(input) }
      const actions = ['s3:CreateBucket', ...alsoAsked(input)]
      return actions.map((action): Access => [action, bucketArn(input.Bucket), keys])
    },
    run(input, call) {
      const { Bucket: name, CreateBucketConfiguration: asked = {} } = input
      const { store, ground, account, region } = call
      if (!isBucketName(name))
        throw refusal('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName: name })
      if (input.ObjectLockEnabledForBucket) throw notImplemented('x-amz-bucket-object-lock-enabled')
      if (input.BucketNamespace !== undefined && input.BucketNamespace !== 'global')
        throw notImplemented('x-amz-bucket-namespace')
      if (asked.Bucket ?? asked.Location) throw notImplemented('CreateBucketConfiguration')
      checkBucketAcl(input)
      const home = regionOf(asked.LocationConstraint, region)
      const tags = tagsOf(asked.Tags, 'bucket')
      const output = {
        Location: home === HOME ? `/${name}` : `http://${name}.s3.amazonaws.com/`,
        BucketArn: bucketArn(name),
      }
      if (checkTaken(call, name)) return output
      if (store.buckets.of(account).length >= MOST_BUCKETS)
        throw refusal('TooManyBuckets', 400, 'You have attempted to create more buckets than allowed')
      ground.state.transaction(() => {
        store.buckets.add({ name, account, region: home, created: Math.floor(ground.clock.now() / 1000) * 1000 })
        store.buckets.set(name, 'location', asked.LocationConstraint ?? '')
        store.buckets.set(name, 'ownership', 'BucketOwnerEnforced')
        store.buckets.set(name, 'publicAccessBlock', {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        })
        if (tags.length > 0) store.buckets.set(name, 'tags', tags)
      })
      return output
    },
  },
  HeadBucket: {
    action: (input, call) => {
      if (!call.store.buckets.find(input.Bucket)) throw notFound()
      return onBucket('ListBucket')(input, call)
    },
    run({ Bucket }, call) {
      const { region } = bucketOf(call, Bucket)
      return { BucketRegion: region, BucketArn: bucketArn(Bucket), AccessPointAlias: false }
    },
  },
  DeleteBucket: {
    action: onBucket('DeleteBucket'),
    run({ Bucket }, { store, ground }) {
      ground.state.transaction(() => {
        if (!store.objects.isEmpty(Bucket))
          throw refusal(
            'BucketNotEmpty',
            409,
            `The bucket you tried to delete is not empty${store.objects.hasCurrent(Bucket) ? '' : '. You must delete all versions in the bucket.'}`,
            { BucketName: Bucket },
          )
        store.uploads.abortAll(Bucket)
        store.buckets.remove(Bucket)
        store.policies.delete(Bucket)
      })
      return {}
    },
  },
  GetBucketLocation: {
    action: (input, call) => {
      const { account } = bucketAnywhere(call, input.Bucket, input.ExpectedBucketOwner)
      const keys = { 'aws:ResourceAccount': account, 's3:ResourceAccount': account }
      return ['s3:GetBucketLocation', bucketArn(input.Bucket), keys]
    },
    run({ Bucket }, { store }) {
      const location = store.buckets.setting(Bucket, 'location')
      return location ? { LocationConstraint: location as 'EU' } : {}
    },
  },
  ListBuckets: {
    action: () => ['s3:ListAllMyBuckets', 'arn:aws:s3:::*'],
    run({ MaxBuckets, ContinuationToken, Prefix = '', BucketRegion }, { store, account }) {
      if (MaxBuckets !== undefined && !(MaxBuckets >= 1 && MaxBuckets <= MOST_BUCKETS))
        throw invalidArgument(
          `Argument max-buckets must be an integer between 1 and ${MOST_BUCKETS}`,
          'max-buckets',
          MaxBuckets,
        )
      const start = ContinuationToken === undefined ? '' : nameOfToken(ContinuationToken)
      const found = store.buckets
        .of(account)
        .filter(
          ({ name, region }) =>
            name.startsWith(Prefix) && name >= start && (BucketRegion === undefined || region === BucketRegion),
        )
      const shown = found.slice(0, MaxBuckets ?? MOST_BUCKETS)
      const next = found[shown.length]
      return {
        Owner: { ID: canonicalUserId(account) },
        Buckets: shown.map(({ name, region, created }) => ({
          Name: name,
          CreationDate: new Date(created),
          BucketRegion: region,
          BucketArn: bucketArn(name),
        })),
        ...(Prefix ? { Prefix } : {}),
        ...(next ? { ContinuationToken: Buffer.from(next.name).toString('base64') } : {}),
      }
    },
  },
}

const nameOfToken = (token: string): string => {
  const name = Buffer.from(token, 'base64').toString()
  if (!/^[a-z0-9.-]+$/.test(name))
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
  return name
}
