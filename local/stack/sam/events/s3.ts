import { isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { chooseIf, noValue, ref, type SamContext, type SamResource } from '../types.ts'
import { type EventType, permission, type SamEvent } from './types.ts'

/** A bucket that invokes the function: the bucket's notification, and the permission that it needs before. */
export const s3Event: EventType = {
  properties: ['Bucket', 'Events', 'Filter'],
  required: ['Bucket', 'Events'],
  transform(event, resource, context) {
    const bucketId = isDict(event.properties.Bucket) ? event.properties.Bucket.Ref : undefined
    const bucket = typeof bucketId === 'string' ? context.resources[bucketId] : undefined
    if (typeof bucketId !== 'string' || !bucket)
      throw event.refuse('S3 events must reference an S3 bucket in the same template.', [event.properties, 'Bucket'])
    const permissionId = `${resource.id}${event.name}Permission`
    context.resources[bucketId] = notifying(bucketId, bucket, permissionId, event, resource, context)
    return {
      [permissionId]: permission(event, resource, 's3.amazonaws.com', { SourceAccount: ref('AWS::AccountId') }),
    }
  },
}

const notifying = (
  bucketId: string,
  bucket: ResourceEntry,
  permissionId: string,
  { properties: event, invoked }: SamEvent,
  { entry, refuse }: SamResource,
  { source }: SamContext,
): ResourceEntry => {
  const properties = bucket.Properties ?? {}
  const notification = properties.NotificationConfiguration ?? {}
  const lambdas = isDict(notification) ? (notification.LambdaConfigurations ?? []) : undefined
  if (!isDict(notification) || !Array.isArray(lambdas))
    throw refuse(`NotificationConfiguration of ${bucketId} should be a map, its LambdaConfigurations a list.`, bucket)
  const tags = properties.Tags ?? []
  if (!Array.isArray(tags)) throw refuse(`Tags of ${bucketId} should be a list.`, [properties, 'Tags'])

  const added = [event.Events].flat().map((name) => {
    const configuration = {
      Function: invoked.arn,
      ...(event.Filter === undefined || event.Filter === null ? {} : { Filter: event.Filter }),
      Event: name,
    }
    return entry.Condition ? chooseIf(entry.Condition, configuration, noValue) : configuration
  })
  const known = new Set(lambdas.map((one) => JSON.stringify(one)))
  const configurations = [...lambdas, ...added.filter((one) => !known.has(JSON.stringify(one)))]
  // S3 asks whether it may invoke the function when it is told to. DependsOn knows no condition, a tag's Ref does.
  const depends = new Set([bucket.DependsOn ?? []].flat()).add(permissionId)
  const tag = entry.Condition && {
    Key: `sam:ConditionalDependsOn:${permissionId}`,
    Value: chooseIf(entry.Condition, ref(permissionId), 'no dependency'),
  }
  return source.carry(bucket, {
    ...bucket,
    ...(tag ? {} : { DependsOn: [...depends] }),
    Properties: source.carry(properties, {
      ...properties,
      ...(tag ? { Tags: [...tags, tag] } : {}),
      NotificationConfiguration: source.carry(notification, { ...notification, LambdaConfigurations: configurations }),
    }),
  })
}
