import type * as Sdk from '@aws-sdk/client-sts'
import { ServiceError } from '../../base/errors.ts'
import { type Broken, keep, length, pattern, range } from '../constraints.ts'
import type { Input, service } from '../service.ts'
import type { StsStore } from './store.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, StsStore>>[1]

export type AssumeRoleInput = Input<typeof Sdk, 'AssumeRole'>

export const invalid = (message: string, code = 'ValidationError'): ServiceError =>
  new ServiceError(code, message, { status: 400 })

const MOST_TAGS = 50
const MOST_POLICIES = 10
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

const tagFaults = ({ Tags = [] }: AssumeRoleInput): Broken[] =>
  Tags.flatMap(({ Key, Value }, index) => [
    length(`tags.${index + 1}.member.key`, Key, 1, 128),
    pattern(`tags.${index + 1}.member.key`, Key, TAG_TEXT),
    length(`tags.${index + 1}.member.value`, Value, 0, 256),
    pattern(`tags.${index + 1}.member.value`, Value, TAG_TEXT),
  ])

/** Refuses an AssumeRole that breaks its model. @throws ServiceError `ValidationError`, `InvalidParameterValue` */
export const checkInput = (input: AssumeRoleInput): void => {
  const { RoleArn, RoleSessionName, DurationSeconds, Policy, PolicyArns, ExternalId, SourceIdentity, Tags } = input
  keep(
    'ValidationError',
    length('roleArn', RoleArn, 20, 2048),
    length('roleSessionName', RoleSessionName, 2, 64),
    pattern('roleSessionName', RoleSessionName, /^[\w+=,.@-]*$/),
    range('durationSeconds', DurationSeconds, 900, 43_200),
    length('policy', Policy, 1, 2048),
    length('policyArns', PolicyArns, 0, MOST_POLICIES),
    length('externalId', ExternalId, 2, 1224),
    pattern('externalId', ExternalId, /^[\w+=,.@:/-]*$/),
    length('sourceIdentity', SourceIdentity, 2, 64),
    pattern('sourceIdentity', SourceIdentity, /^[\w+=,.@-]*$/),
    length('tags', Tags, 0, MOST_TAGS),
    ...tagFaults(input),
  )
  if (!/^arn:[^:]*:[^:]*:[^:]*:[^:]*:./.test(RoleArn)) throw invalid(`${RoleArn} is invalid`)
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(RoleArn)) throw invalid('Request ARN is invalid')
  const keys = (Tags ?? []).map(({ Key }) => (Key ?? '').toLowerCase())
  if (new Set(keys).size < keys.length)
    throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.', 'InvalidParameterValue')
  if (keys.some((key) => key.startsWith('aws:')))
    throw invalid('The tag keys must not begin with aws:', 'InvalidParameterValue')
  if ((input.TransitiveTagKeys ?? []).some((key) => !keys.includes(key.toLowerCase())))
    throw invalid('The specified transitive tag key must be included in the requested tags.', 'InvalidParameterValue')
  if (input.ProvidedContexts?.length)
    throw invalid('The local cloud has no context providers.', 'InvalidParameterValue')
}
