import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import type { Chain } from './chain.ts'
import { expectError, expectResult } from './functions.ts'

/** Chapter 1: a synchronous call, its error, and an asynchronous call that leaves a line in a log. */
export const chain: Chain = [
  {
    title: 'answers a synchronous call with the sum',
    run: (deployed) => expectResult(deployed, 'Sum', { value1: 10, value2: 20 }, 30),
  },
  {
    title: 'gives the error of a refused event',
    run: (deployed) =>
      expectError(
        deployed,
        'Sum',
        { value1: '10', value2: 20 },
        {
          errorType: 'TypeError',
          errorMessage: 'value1 must be a number, but is "10"',
        },
      ),
  },
  {
    title: 'answers an asynchronous call at once, and the message appears in the log',
    async run(deployed) {
      const message = `Logged at ${Date.now()}`

      const answer = await new LambdaClient(deployed.config).send(
        new InvokeCommand({
          FunctionName: deployed.physicalId('LogMessage'),
          InvocationType: 'Event',
          Payload: JSON.stringify({ message }),
        }),
      )

      expect(answer.StatusCode).to.equal(202)
      expect(answer.Payload?.length ?? 0).to.equal(0)
      const logs = new CloudWatchLogsClient(deployed.config)
      const logGroupName = deployed.physicalId('Chapter01Logs')
      const lines = await deployed.eventually('the line in the log', async () => {
        const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }))
        const found = events.filter((event) => event.message?.includes(message))
        return found.length ? found : undefined
      })
      expect(lines).to.have.length(1)
    },
  },
]
