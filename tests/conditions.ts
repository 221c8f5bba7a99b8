import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { STS } from '@aws-sdk/client-sts'
import { send } from '../local/door/signing.ts'
import { whyDenied } from '../scripts/lib/policies.ts'
import type { TestCloud } from './cloud.ts'
import { keepingTime, signsAt } from './timed.ts'

/** For tests of conditions: roles and buckets with a policy, and real requests to them. */

export const ACCOUNT = '123456789012'

/** Roles, buckets and requests of a cloud, by the SDK. */
export const conditionsOf = (cloud: TestCloud) => {
  type Credentials = Parameters<TestCloud['config']>[0]
  const config = (credentials?: Credentials) => ({ ...cloud.config(credentials), ...signsAt(cloud.clock) })
  const s3Of = (credentials?: Credentials) => keepingTime(new S3({ ...config(credentials), forcePathStyle: true }))
  return {
    admin: () => s3Of(),
    /** A session of a new role with a policy: its name, and S3 as it. */
    async session(RoleName: string, PolicyDocument: string, Tags: Record<string, string> = {}): Promise<S3> {
      const iam = keepingTime(new IAM(config()))
      const AssumeRolePolicyDocument = JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: ['sts:AssumeRole', 'sts:TagSession'] },
      })
      const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument })
      await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument })
      const { Credentials: given } = await keepingTime(new STS(config())).assumeRole({
        RoleArn: Role?.Arn,
        RoleSessionName: 'one',
        Tags: Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })),
      })
      return s3Of({
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretAccessKey ?? '',
        sessionToken: given?.SessionToken ?? '',
      })
    },
    /** A bucket that everybody may read as its policy says, with one object. */
    async bucket(Bucket: string, Key: string, Policy?: string) {
      const s3 = s3Of()
      await s3.createBucket({ Bucket })
      await s3.putObject({ Bucket, Key, Body: 'text', ContentType: 'text/plain' })
      if (Policy === undefined) return
      await s3.deletePublicAccessBlock({ Bucket })
      await s3.putBucketPolicy({ Bucket, Policy })
    },
    /** Why the last request was denied: what of the nearest statement did not fit. */
    why: () => {
      const last = cloud.cloud.decisions.at(-1)
      return last && whyDenied(last.decision)
    },
    /** A request without a signature. */
    anybody: (path: string, headers: Record<string, string> = {}) =>
      send(cloud.cloud.url, { method: 'GET', path, headers, body: Buffer.alloc(0) }),
    /** A request for a bucket's website, which has no HTTPS. */
    visitor: (bucket: string, path: string) =>
      send(cloud.cloud.url, {
        method: 'GET',
        path,
        headers: { host: `${bucket}.s3-website.localhost:${new URL(cloud.cloud.url).port}` },
        body: Buffer.alloc(0),
      }),
  }
}

/** The object that roles ask for. */
export const OBJECT = { Bucket: 'bucket', Key: 'key' }

/** What AWS tells a session of a role whose policies do not allow to read an object. */
export const refused = (
  role: string,
  object = 'bucket/key',
  clause = 'because no identity-based policy allows the s3:GetObject action',
) => ({
  name: 'AccessDenied',
  message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/${role}/one is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${object}" ${clause}`,
  status: 403,
})
