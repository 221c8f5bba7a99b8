import type * as Sdk from '@aws-sdk/client-lambda'
import { ServiceError } from '../../base/errors.ts'
import { type Broken, keep, length, pattern } from '../constraints.ts'
import type { Context, service } from '../service.ts'
import type { LambdaFunction, LambdaStore } from './types.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, LambdaStore>>[1]

/** Every error of Lambda's says whose fault it is. */
export const refusal = (code: string, message: string, fields: Record<string, unknown> = {}): ServiceError =>
  new ServiceError(code, message, { Type: 'User', ...fields })
export const invalid = (message: string): ServiceError => refusal('InvalidParameterValueException', message)
export const functionMissing = (arn: string): ServiceError =>
  refusal('ResourceNotFoundException', `Function not found: ${arn}`)
/** @throws ServiceError `ValidationException` for anything broken. */
export const valid = (...broken: Broken[]): void => keep('ValidationException', ...broken)

export const LATEST = '$LATEST'

const NAME =
  /^(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?$/
const QUALIFIER = /^(\|[a-zA-Z0-9$_-]+)|\$LATEST|[a-zA-Z0-9$_-]+$/

/** What a request says of the function it means, taken apart. */
export interface Target {
  name: string
  /** Of the function itself, without a qualifier. */
  arn: string
  /** As it was named: with the qualifier, if there is one. IAM decides on this one. */
  qualifiedArn: string
  qualifier?: string
}

/**
 * Reads a function's name, partial ARN or ARN, each with or without a qualifier.
 * @throws ServiceError `ValidationException` for what is none, `InvalidParameterValueException` for two qualifiers that
 * differ, `ResourceNotFoundException` for another region's function
 */
export const targetOf = (input: Named, { account, region }: Place): Target => {
  const known = targets.get(input)
  if (known?.account === account && known.region === region) return known.target
  const target = read(input, { account, region })
  targets.set(input, { account, region, target })
  return target
}

type Named = { FunctionName: string; Qualifier?: string }
type Place = Pick<Context, 'account' | 'region'>

/** IAM and the operation ask for the same input. */
const targets = new WeakMap<Named, Place & { target: Target }>()

const read = ({ FunctionName: given, Qualifier }: Named, { account, region }: Place): Target => {
  valid(
    length('functionName', given, 1, 170),
    pattern('functionName', given, NAME),
    length('qualifier', Qualifier, 1, 128),
    pattern('qualifier', Qualifier, QUALIFIER),
  )
  const found = NAME.exec(given) ?? []
  const [theirRegion = region, theirAccount = account] = [found[3]?.slice(0, -1), found[5]?.slice(0, -1)]
  const [name = '', inName] = [found[7], found[9]]
  valid(length('functionName', name, 1, 64))
  if (theirRegion !== region)
    throw refusal(
      'ResourceNotFoundException',
      `Functions from '${theirRegion}' are not reachable in this region ('${region}')`,
    )
  if (inName && Qualifier && inName !== Qualifier)
    throw invalid('The derived qualifier from the function name does not match the specified qualifier.')
  const qualifier = Qualifier ?? inName
  const arn = `arn:aws:lambda:${region}:${theirAccount}:function:${name}`
  return { name, arn, qualifiedArn: qualifier ? `${arn}:${qualifier}` : arn, qualifier }
}

/**
 * The function that a request means.
 * @throws ServiceError as {@link targetOf}, and `ResourceNotFoundException` when there is none
 */
export const theFunction = (
  input: { FunctionName: string; Qualifier?: string },
  call: Context & { store: LambdaStore },
): LambdaFunction => {
  const { arn, qualifiedArn, qualifier } = targetOf(input, call)
  const found = call.store.find(arn)
  // There are no versions and no aliases yet: $LATEST is all there is.
  if (!found || (qualifier && qualifier !== LATEST)) throw functionMissing(qualifiedArn)
  return found
}

/** @throws ServiceError `PreconditionFailedException` when the caller saw another revision than `revision`. */
export const checkRevision = (asked: string | undefined, revision: string): void => {
  if (asked !== undefined && asked !== revision)
    throw refusal(
      'PreconditionFailedException',
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    )
}
