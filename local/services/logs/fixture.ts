import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  type GetLogEventsCommandOutput,
  PutLogEventsCommand,
  type PutLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'

/** What tests of log events do again and again. */

export const DAY = 86_400_000
export const MISSING_GROUP = {
  name: 'ResourceNotFoundException',
  status: 400,
  message: 'The specified log group does not exist.',
}
export const MISSING_STREAM = { ...MISSING_GROUP, message: 'The specified log stream does not exist.' }

export interface Where {
  logGroupName: string
  logStreamName: string
}

export interface Steps {
  /** Creates a group, by default one with a new name, which it gives. */
  newGroup(name?: string): Promise<string>
  newStream(logGroupName: string, logStreamName: string): Promise<Where>
  put(where: Where, events: [timestamp: number, message: string][]): Promise<PutLogEventsCommandOutput>
  get(input: GetLogEventsCommandInput): Promise<GetLogEventsCommandOutput>
}

export const stepsOf = (logs: () => CloudWatchLogsClient): Steps => {
  let count = 0
  return {
    async newGroup(name = `/test/${++count}`) {
      await logs().send(new CreateLogGroupCommand({ logGroupName: name }))
      return name
    },
    async newStream(logGroupName, logStreamName) {
      await logs().send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
      return { logGroupName, logStreamName }
    },
    put: (where, events) =>
      logs().send(
        new PutLogEventsCommand({
          ...where,
          logEvents: events.map(([timestamp, message]) => ({ timestamp, message })),
        }),
      ),
    get: (input) => logs().send(new GetLogEventsCommand(input)),
  }
}

export const textsOf = (events: { message?: string }[] | undefined): (string | undefined)[] =>
  (events ?? []).map(({ message }) => message)
