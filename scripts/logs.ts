import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { Mistake } from '../local/base/errors.ts'
import { functionNamed } from './lib/application.ts'
import { failed, run } from './lib/run.ts'
import { localTargetOrMistake } from './lib/target.ts'

const usage = `npm run logs -- <function> [--once]

Follows the log of a function of the local cloud until Ctrl-C; with --once it prints what there is and ends.`

/** How often the log is asked for more, in ms. */
const EVERY = 500

await run(async () => {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) return console.log(usage)
  const once = args.includes('--once')
  const [name, ...more] = args.filter((arg) => arg !== '--once')
  if (more[0] !== undefined) throw new Mistake(`One function at a time: what is "${more[0]}"?\n\n${usage}`)
  const fn = functionNamed(name)
  const target = localTargetOrMistake(fn.chapter)
  const { LoggingConfig } = await new LambdaClient({ ...target, maxAttempts: 1 })
    .send(new GetFunctionConfigurationCommand({ FunctionName: fn.logicalId }))
    .catch(failed)
  const logs = new CloudWatchLogsClient({ ...target, maxAttempts: 1 })
  // Functions of a chapter share a log group; a stream of a shared group carries the function's name.
  const own = LoggingConfig?.LogGroup?.startsWith('/aws/lambda/') ? '' : `/${fn.logicalId}[`
  const seen = new Set<string>()
  let from = 0
  for (;;) {
    let nextToken: string | undefined
    do {
      const page = await logs
        .send(new FilterLogEventsCommand({ logGroupName: LoggingConfig?.LogGroup, startTime: from, nextToken }))
        .catch((error: Error) => (error.name === 'ResourceNotFoundException' ? { events: [] } : failed(error)))
      for (const { eventId = '', logStreamName = '', message = '', timestamp = 0 } of page.events ?? []) {
        if (seen.has(eventId) || !logStreamName.includes(own)) continue
        seen.add(eventId)
        // Lines of one moment may still come: ask again from there, and print none twice.
        from = Math.max(from, timestamp - 10_000)
        console.log(message.trimEnd())
      }
      nextToken = 'nextToken' in page ? page.nextToken : undefined
    } while (nextToken)
    if (once) return
    await new Promise((resolve) => setTimeout(resolve, EVERY))
  }
})
