import { readFileSync } from 'node:fs'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { withCloud } from '../../tests/cloud.ts'

const event = (name: string) => readFileSync(new URL(`./events/${name}.json`, import.meta.url))

describe('Chapter 1 on the local cloud', () => {
  const cloud = withCloud({ chapter: '01' })

  it('answers a synchronous call with the sum', async () => {
    const lambda = new LambdaClient(cloud.config())

    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'Sum', Payload: event('sum.numbers') }))

    expect(answer.StatusCode).to.equal(200)
    expect(answer.Payload?.transformToString()).to.equal('30')
  })

  it('gives the error of a refused event', async () => {
    const lambda = new LambdaClient(cloud.config())

    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'Sum', Payload: event('sum.strings') }))

    expect(answer.StatusCode).to.equal(200)
    expect(answer.FunctionError).to.equal('Unhandled')
    const error = JSON.parse(answer.Payload?.transformToString() ?? '')
    expect(error.errorType).to.equal('TypeError')
    expect(error.errorMessage).to.equal('value1 must be a number, but is "10"')
  })

  it('answers an asynchronous call at once, and the message appears in the log', async () => {
    const lambda = new LambdaClient(cloud.config())

    const answer = await lambda.send(
      new InvokeCommand({
        FunctionName: 'LogMessage',
        InvocationType: 'Event',
        Payload: event('logMessage.message'),
      }),
    )
    await cloud.settled()

    expect(answer.StatusCode).to.equal(202)
    expect(answer.Payload?.length ?? 0).to.equal(0)
    expect(cloud.lines.filter((line) => line.includes('This message is being logged!'))).to.have.length(1)
  })
})
