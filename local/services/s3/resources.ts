import { isDeepStrictEqual } from 'node:util'
import { Mistake, ServiceError } from '../../base/errors.ts'
import type { Created, Resource, ResourceCall, ResourceType } from '../service.ts'
import type { S3Input } from './call.ts'
import { lifecycleOf } from './lifecycleProperties.ts'
import { bucketArn } from './names.ts'
import { BUCKET, corsOf, items, members, versioningOf, websiteOf } from './properties.ts'
import type { S3Store } from './store.ts'
import { systemTagsOf } from './tags.ts'

/** AWS::S3::Bucket and AWS::S3::BucketPolicy, made through S3's own operations. */

type S3ResourceCall = ResourceCall<S3Store>
type Properties = Record<string, unknown>

/** All properties of a bucket in CloudFormation; those that {@link CHANGES} has not are refused by name. */
const PROPERTIES = `AbacStatus AccelerateConfiguration AccessControl AnalyticsConfigurations BucketEncryption BucketName
  BucketNamePrefix BucketNamespace CorsConfiguration IntelligentTieringConfigurations InventoryConfigurations
  LifecycleConfiguration LoggingConfiguration MetadataConfiguration MetadataTableConfiguration MetricsConfigurations
  NotificationConfiguration ObjectLockConfiguration ObjectLockEnabled OwnershipControls PublicAccessBlockConfiguration
  ReplicationConfiguration Tags VersioningConfiguration WebsiteConfiguration`.split(/\s+/)

const flag = (value: unknown): boolean => value === true || value === 'true'

const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const

const blockOf = (value: unknown) => {
  const given = members(value, 'PublicAccessBlockConfiguration', BLOCKS)
  return Object.fromEntries(BLOCKS.map((name) => [name, flag(given[name])]))
}

type Notification = S3Input<'PutBucketNotificationConfiguration'>['NotificationConfiguration']

const notificationOf = (value: unknown): Notification => {
  const path = 'NotificationConfiguration'
  const { LambdaConfigurations = [], EventBridgeConfiguration: bus } = members(value, path, [
    'LambdaConfigurations',
    'EventBridgeConfiguration',
  ])
  const { EventBridgeEnabled = true } =
    bus === undefined ? {} : members(bus, `${path}.EventBridgeConfiguration`, ['EventBridgeEnabled'])
  const within = `${path}.LambdaConfigurations`
  return {
    ...(bus !== undefined && flag(EventBridgeEnabled) ? { EventBridgeConfiguration: {} } : {}),
    LambdaFunctionConfigurations: items(LambdaConfigurations, within).map((one) => {
      const { Event, Function: target, Filter } = members(one, within, ['Event', 'Function', 'Filter'])
      const { S3Key } = Filter === undefined ? {} : members(Filter, `${within}.Filter`, ['S3Key'])
      const { Rules = [] } = S3Key === undefined ? {} : members(S3Key, `${within}.Filter.S3Key`, ['Rules'])
      return {
        LambdaFunctionArn: String(target),
        Events: [Event as 's3:ObjectCreated:*'],
        Filter: {
          Key: { FilterRules: items(Rules, `${within}.Filter.S3Key.Rules`) as { Name: 'prefix'; Value: string }[] },
        },
      }
    }),
  }
}

const ownershipOf = (value: unknown) => {
  const { Rules = [] } = members(value, 'OwnershipControls', ['Rules'])
  return { Rules: items(Rules, 'OwnershipControls.Rules') as { ObjectOwnership: 'BucketOwnerEnforced' }[] }
}

const encryptionOf = (value: unknown) => {
  const path = 'BucketEncryption.ServerSideEncryptionConfiguration'
  const { ServerSideEncryptionConfiguration = [] } = members(value, 'BucketEncryption', [
    'ServerSideEncryptionConfiguration',
  ])
  return {
    Rules: items(ServerSideEncryptionConfiguration, path).map((one) => {
      const rule = members(one, path, ['ServerSideEncryptionByDefault', 'BucketKeyEnabled'])
      const asked = members(rule.ServerSideEncryptionByDefault ?? {}, `${path}.ServerSideEncryptionByDefault`, [
        'SSEAlgorithm',
        'KMSMasterKeyID',
      ])
      return {
        ApplyServerSideEncryptionByDefault: asked as { SSEAlgorithm: 'AES256' },
        ...(rule.BucketKeyEnabled === undefined ? {} : { BucketKeyEnabled: flag(rule.BucketKeyEnabled) }),
      }
    }),
  }
}

/** How each property that the local cloud has is put in force; without a value, as it is in a new bucket. */
const CHANGES: Record<string, (Bucket: string, value: unknown, call: S3ResourceCall) => Promise<unknown>> = {
  OwnershipControls: (Bucket, value, call) =>
    call.cloud('s3').PutBucketOwnershipControls({
      Bucket,
      OwnershipControls:
        value === undefined ? { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } : ownershipOf(value),
    }),
  PublicAccessBlockConfiguration: (Bucket, value, call) =>
    call.cloud('s3').PutPublicAccessBlock({
      Bucket,
      PublicAccessBlockConfiguration:
        value === undefined ? Object.fromEntries(BLOCKS.map((name) => [name, true])) : blockOf(value),
    }),
  BucketEncryption: (Bucket, value, call) =>
    value === undefined
      ? call.cloud('s3').DeleteBucketEncryption({ Bucket })
      : call.cloud('s3').PutBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: encryptionOf(value) }),
  Tags(Bucket, value, call) {
    const own = value === undefined ? [] : (items(value, 'Tags') as { Key: string; Value: string }[])
    const TagSet = [...own, ...systemTagsOf(call.store.buckets.setting(Bucket, 'tags'))]
    return TagSet.length
      ? call.cloud('s3').PutBucketTagging({ Bucket, Tagging: { TagSet } })
      : call.cloud('s3').DeleteBucketTagging({ Bucket })
  },
  CorsConfiguration: (Bucket, value, call) =>
    value === undefined
      ? call.cloud('s3').DeleteBucketCors({ Bucket })
      : call.cloud('s3').PutBucketCors({ Bucket, CORSConfiguration: corsOf(value) }),
  WebsiteConfiguration: (Bucket, value, call) =>
    value === undefined
      ? call.cloud('s3').DeleteBucketWebsite({ Bucket })
      : call.cloud('s3').PutBucketWebsite({ Bucket, WebsiteConfiguration: websiteOf(value) }),
  LifecycleConfiguration: (Bucket, value, call) =>
    value === undefined
      ? call.cloud('s3').DeleteBucketLifecycle({ Bucket })
      : call.cloud('s3').PutBucketLifecycleConfiguration({ Bucket, ...lifecycleOf(value) }),
  // A bucket that had versions keeps those that it has.
  VersioningConfiguration: (Bucket, value, call) =>
    call.cloud('s3').PutBucketVersioning({
      Bucket,
      VersioningConfiguration: value === undefined ? { Status: 'Suspended' } : versioningOf(value),
    }),
  NotificationConfiguration: (Bucket, value, call) =>
    call.cloud('s3').PutBucketNotificationConfiguration({
      Bucket,
      NotificationConfiguration: value === undefined ? {} : notificationOf(value),
    }),
}

/** @throws Mistake for a property that the local cloud does not have. */
const checkProperties = (properties: Properties) => {
  for (const name of Object.keys(properties))
    if (name !== 'BucketName' && !CHANGES[name])
      throw new Mistake(`The local cloud does not have the property ${name} of ${BUCKET}.`)
}

const createdAs = (name: string, { region, ground }: S3ResourceCall): Created => ({
  physicalId: name,
  attributes: {
    Arn: bucketArn(name),
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
    // The one that people open: at the door of the local cloud.
    WebsiteURL: `http://${name}.s3-website.localhost:${new URL(ground.url()).port}`,
  },
})

const nameOf = ({ physicalId, properties }: Resource): string => {
  const { BucketName } = properties
  return BucketName === undefined ? physicalId.toLowerCase() : String(BucketName)
}

const bucket: ResourceType<S3Store> = {
  properties: PROPERTIES,
  replacedBy: ['BucketName'],
  async create(resource, call) {
    const { properties } = resource
    checkProperties(properties)
    const name = nameOf(resource)
    // CreateBucket gives an owner his bucket of us-east-1 once more; a stack takes over none that is not its own.
    if (call.store.buckets.find(name)) throw new ServiceError('AlreadyExists', `${name} already exists`)
    await call.cloud('s3').CreateBucket({
      Bucket: name,
      ...(call.region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: call.region as 'eu-west-1' } }),
    })
    for (const [property, change] of Object.entries(CHANGES))
      if (properties[property] !== undefined) await change(name, properties[property], call)
    return createdAs(name, call)
  },
  async update({ physicalId, properties }, before, call) {
    checkProperties(properties)
    for (const [property, change] of Object.entries(CHANGES))
      if (!isDeepStrictEqual(properties[property], before.properties[property]))
        await change(physicalId, properties[property], call)
    return createdAs(physicalId, call)
  },
  async delete({ physicalId }, call) {
    await call.cloud('s3').DeleteBucket({ Bucket: physicalId })
  },
  systemTags({ physicalId }, tags, { store }) {
    const own = (store.buckets.setting(physicalId, 'tags') ?? []).filter(({ Key }) => !(Key in tags))
    const added = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
    store.buckets.set(physicalId, 'tags', [...own, ...added])
  },
}

const putPolicy = async (Bucket: string, { PolicyDocument }: Properties, call: S3ResourceCall): Promise<Created> => {
  const Policy = typeof PolicyDocument === 'string' ? PolicyDocument : JSON.stringify(PolicyDocument ?? null)
  await call.cloud('s3').PutBucketPolicy({ Bucket, Policy })
  return { physicalId: Bucket }
}

const bucketPolicy: ResourceType<S3Store> = {
  properties: ['Bucket', 'PolicyDocument'],
  replacedBy: ['Bucket'],
  async create({ properties }, call) {
    const Bucket = String(properties.Bucket)
    if (call.store.buckets.setting(Bucket, 'policy') !== undefined)
      throw new ServiceError('AlreadyExists', `The bucket policy already exists on bucket ${Bucket}.`)
    return putPolicy(Bucket, properties, call)
  },
  update: ({ physicalId, properties }, _, call) => putPolicy(physicalId, properties, call),
  async delete({ physicalId }, call) {
    await call.cloud('s3').DeleteBucketPolicy({ Bucket: physicalId })
  },
}

export const resources: Record<string, ResourceType<S3Store>> = {
  [BUCKET]: bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
}
