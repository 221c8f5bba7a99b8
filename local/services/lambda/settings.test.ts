import {
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionEventInvokeConfigsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { arnOf, createFunction, createRole } from './fixture.ts'

const SLOW = `export const handler = () => new Promise((resolve) => setTimeout(resolve, 300, 'done'))`

describe('settings of functions', () => {
  const cloud = withCloud()
  let lambda: LambdaClient
  before(async () => {
    lambda = new LambdaClient(cloud.config())
    await createRole(cloud.config(), 'basic')
    for (const name of ['slow', 'other']) await createFunction(lambda, name, SLOW)
  })
  after(() => lambda.destroy())

  describe('reserved concurrency', () => {
    const reserve = (ReservedConcurrentExecutions: number, FunctionName = 'slow') =>
      lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }))
    const reserved = async (FunctionName = 'slow') =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions

    it('is put, read in three places, and deleted', async () => {
      await reserve(7)
      const read = await reserved()
      const { Concurrency } = await lambda.send(new GetFunctionCommand({ FunctionName: 'slow' }))
      const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}))
      await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'slow' }))

      expect(read).to.equal(7)
      expect(Concurrency).to.deep.equal({ ReservedConcurrentExecutions: 7 })
      expect(AccountLimit?.UnreservedConcurrentExecutions).to.equal(993)
      expect(await reserved()).to.equal(undefined)
    })

    it('limits how many run at once', async () => {
      await reserve(1)
      const calls = await Promise.all(
        [1, 2, 3].map(() => lambda.send(new InvokeCommand({ FunctionName: 'slow' })).catch((error) => error)),
      )
      await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'slow' }))

      const throttled = calls.filter(({ name }) => name === 'TooManyRequestsException')
      expect(calls.filter(({ StatusCode }) => StatusCode === 200)).to.have.length(1)
      expect(throttled).to.have.length(2)
      expect(throttled[0].$metadata.httpStatusCode).to.equal(429)
    })

    it('leaves 100 to the functions without one', async () => {
      await reserve(400)
      await reserve(500, 'other')
      const refusal = await refusalOf(reserve(401))
      for (const FunctionName of ['slow', 'other'])
        await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))

      expect(refusal).to.deep.equal({
        name: 'InvalidParameterValueException',
        status: 400,
        message:
          "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      })
    })

    it('is not negative, and of a function that is there', async () => {
      expect(await refusalOf(reserve(-1))).to.include({ name: 'ValidationException', status: 400 })
      expect(await refusalOf(reserve(1, 'nobody'))).to.include({ name: 'ResourceNotFoundException', status: 404 })
    })
  })

  describe('event invoke configuration', () => {
    const put = (input: object) =>
      lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'slow', ...input }))
    const get = () => lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'slow' }))
    const missing = {
      name: 'ResourceNotFoundException',
      status: 404,
      message: `The function ${arnOf('slow')}:$LATEST doesn't have an EventInvokeConfig`,
    }

    it('is put whole, updated in part, listed and deleted', async () => {
      const OnFailure = { Destination: arnOf('other') }
      expect(await refusalOf(get())).to.deep.equal(missing)
      await put({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60, DestinationConfig: { OnFailure } })

      const { LastModified, $metadata: _, ...first } = await get()
      const updated = await lambda.send(
        new UpdateFunctionEventInvokeConfigCommand({ FunctionName: 'slow', MaximumRetryAttempts: 1 }),
      )
      const replaced = await put({ MaximumEventAgeInSeconds: 120 })
      const listed = await lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName: 'slow' }))
      await lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: 'slow' }))

      expect(LastModified?.getTime()).to.be.within(cloud.clock.now() - 5000, cloud.clock.now())
      expect(first).to.deep.equal({
        FunctionArn: `${arnOf('slow')}:$LATEST`,
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
        DestinationConfig: { OnSuccess: {}, OnFailure },
      })
      expect(updated).to.deep.include({ MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 })
      expect(updated.DestinationConfig).to.deep.equal({ OnSuccess: {}, OnFailure })
      expect(replaced).to.include({ MaximumEventAgeInSeconds: 120 }).and.not.have.property('MaximumRetryAttempts')
      expect(listed.FunctionEventInvokeConfigs).to.have.length(1)
      expect(await refusalOf(get())).to.deep.equal(missing)
    })

    for (const [what, input, name] of [
      ['three more tries', { MaximumRetryAttempts: 3 }, 'ValidationException'],
      ['an age of 59 s', { MaximumEventAgeInSeconds: 59 }, 'ValidationException'],
      ['an age above six hours', { MaximumEventAgeInSeconds: 21_601 }, 'ValidationException'],
      [
        'a destination that is no ARN',
        { DestinationConfig: { OnFailure: { Destination: 'x' } } },
        'ValidationException',
      ],
      [
        'a queue as destination',
        { DestinationConfig: { OnSuccess: { Destination: 'arn:aws:sqs:us-east-1:123456789012:q' } } },
        'InvalidParameterValueException',
      ],
      [
        'a bucket for what succeeds',
        { DestinationConfig: { OnSuccess: { Destination: 'arn:aws:s3:::bucket' } } },
        'InvalidParameterValueException',
      ],
      ['a function that is not there', { FunctionName: 'nobody' }, 'ResourceNotFoundException'],
    ] as const)
      it(`refuses ${what}`, async () => {
        expect(await refusalOf(put(input))).to.include({ name })
      })
  })
})
