import type { Policy, PolicySource, Statement } from '../../iam/types.ts'
import { bucketArn } from './names.ts'
import { isPublic } from './public.ts'
import type { S3Store } from './store.ts'

/** The policy that hangs on a bucket, as it takes part in decisions. */

/** What RestrictPublicBuckets makes of a public policy: it speaks to services and to the owner's account alone. */
const restriction = (bucket: string, account: string): Statement => ({
  Sid: 'RestrictPublicBuckets',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [bucketArn(bucket), `${bucketArn(bucket)}/*`],
  Condition: {
    StringNotEquals: { 'aws:PrincipalAccount': account },
    Bool: { 'aws:PrincipalIsAWSService': 'false' },
  },
})

/** The policy of the bucket that an ARN of S3 names. */
export const bucketPolicy = (arn: string, store: S3Store): PolicySource | undefined => {
  const [name = ''] = arn.slice(bucketArn('').length).split('/', 1)
  const text = store.buckets.setting(name, 'policy')
  if (text === undefined) return undefined
  const restricted = store.buckets.setting(name, 'publicAccessBlock')?.RestrictPublicBuckets ?? false
  const known = store.policies.get(name)
  if (known?.text === text && known.restricted === restricted) return known.source
  const given: Policy = JSON.parse(text)
  const owner = store.buckets.find(name)?.account ?? ''
  const statements = Array.isArray(given.Statement) ? given.Statement : [given.Statement]
  const policy: Policy =
    restricted && isPublic(given) ? { ...given, Statement: [...statements, restriction(name, owner)] } : given
  const source: PolicySource = { name: `bucket policy of ${name}`, kind: 'resource', policy }
  store.policies.set(name, { text, restricted, source })
  return source
}
