import { pattern, range } from '../constraints.ts'
import { onFunction } from './functions.ts'
import { invalid, LATEST, type Operations, refusal, theFunction, valid } from './names.ts'
import type { AsynchronousConfig, LambdaFunction } from './types.ts'

interface Given {
  MaximumRetryAttempts?: number
  MaximumEventAgeInSeconds?: number
  DestinationConfig?: { OnSuccess?: { Destination?: string }; OnFailure?: { Destination?: string } }
}

/** Where an outcome goes: to a function, a failure to a bucket too. */
const destinationOf = (member: 'onSuccess' | 'onFailure', arn: string | undefined): string | undefined => {
  valid(
    pattern(
      `destinationConfig.${member}.destination`,
      arn,
      /^(arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*))?$/,
    ),
  )
  const isBucket = /^arn:aws:s3:::[^/]+$/.test(arn ?? '')
  if (isBucket && member === 'onSuccess')
    throw invalid(`A bucket is a destination of failures only: ${arn} cannot be the one of onSuccess.`)
  if (arn && !isBucket && !/^arn:aws:lambda:/.test(arn))
    throw invalid(`The local cloud delivers outcomes to functions and failures to buckets, not to ${arn}.`)
  return arn || undefined
}

const configOf = (input: Given, modified: number, before?: AsynchronousConfig): AsynchronousConfig => {
  valid(
    range('maximumRetryAttempts', input.MaximumRetryAttempts, 0, 2),
    range('maximumEventAgeInSeconds', input.MaximumEventAgeInSeconds, 60, 21_600),
  )
  const { OnSuccess, OnFailure } = input.DestinationConfig ?? {}
  return {
    modified,
    attempts: input.MaximumRetryAttempts ?? before?.attempts,
    age: input.MaximumEventAgeInSeconds ?? before?.age,
    onSuccess: OnSuccess ? destinationOf('onSuccess', OnSuccess.Destination) : before?.onSuccess,
    onFailure: OnFailure ? destinationOf('onFailure', OnFailure.Destination) : before?.onFailure,
  }
}

const described = ({ arn }: LambdaFunction, { modified, attempts, age, onSuccess, onFailure }: AsynchronousConfig) => ({
  FunctionArn: `${arn}:${LATEST}`,
  LastModified: new Date(modified),
  MaximumRetryAttempts: attempts,
  MaximumEventAgeInSeconds: age,
  DestinationConfig: {
    OnSuccess: onSuccess ? { Destination: onSuccess } : {},
    OnFailure: onFailure ? { Destination: onFailure } : {},
  },
})

const existing = (fn: LambdaFunction): AsynchronousConfig => {
  if (fn.asynchronous) return fn.asynchronous
  throw refusal('ResourceNotFoundException', `The function ${fn.arn}:${LATEST} doesn't have an EventInvokeConfig`)
}

export const asynchronous = {
  PutFunctionEventInvokeConfig: {
    action: onFunction('PutFunctionEventInvokeConfig'),
    run(input, call) {
      const fn = theFunction(input, call)
      const config = configOf(input, call.ground.clock.now())
      call.store.save({ ...fn, asynchronous: config })
      return described(fn, config)
    },
  },
  UpdateFunctionEventInvokeConfig: {
    action: onFunction('UpdateFunctionEventInvokeConfig'),
    run(input, call) {
      const fn = theFunction(input, call)
      const config = configOf(input, call.ground.clock.now(), existing(fn))
      call.store.save({ ...fn, asynchronous: config })
      return described(fn, config)
    },
  },
  GetFunctionEventInvokeConfig: {
    action: onFunction('GetFunctionEventInvokeConfig'),
    run(input, call) {
      const fn = theFunction(input, call)
      return described(fn, existing(fn))
    },
  },
  DeleteFunctionEventInvokeConfig: {
    action: onFunction('DeleteFunctionEventInvokeConfig'),
    run(input, call) {
      const fn = theFunction(input, call)
      existing(fn)
      call.store.save({ ...fn, asynchronous: undefined })
      return {}
    },
  },
  ListFunctionEventInvokeConfigs: {
    action: onFunction('ListFunctionEventInvokeConfigs'),
    run(input, call) {
      valid(range('maxItems', input.MaxItems, 1, 50))
      const fn = theFunction(input, call)
      return { FunctionEventInvokeConfigs: fn.asynchronous ? [described(fn, fn.asynchronous)] : [] }
    },
  },
} satisfies Operations
