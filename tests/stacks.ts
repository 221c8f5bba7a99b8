import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
  type UpdateStackCommandInput,
} from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { TestCloud } from './cloud.ts'

/** A template of log groups by their logical IDs, with what is added to it. */
export const groups = (ids: Record<string, object>, more: object = {}): string =>
  JSON.stringify({
    Resources: Object.fromEntries(
      Object.entries(ids).map(([id, Properties]) => [id, { Type: 'AWS::Logs::LogGroup', Properties }]),
    ),
    ...more,
  })

/** A value for the parameter `P`. */
export const P = (ParameterValue: string) => ({ Parameters: [{ ParameterKey: 'P', ParameterValue }] })

/** The operations on stacks in the words of the tests, by the SDK's client. */
export const operations = (t: Pick<TestCloud, 'config'>) => {
  const client = () => new CloudFormationClient(t.config())
  const stack = async (StackName: string): Promise<Partial<Stack>> =>
    (await client().send(new DescribeStacksCommand({ StackName }))).Stacks?.[0] ?? {}
  return {
    client,
    stack,
    create: (StackName: string, TemplateBody: string, more: Partial<CreateStackCommandInput> = {}) =>
      client().send(new CreateStackCommand({ StackName, TemplateBody, ...more })),
    update: (StackName: string, TemplateBody: string, more: Partial<UpdateStackCommandInput> = {}) =>
      client().send(new UpdateStackCommand({ StackName, TemplateBody, ...more })),
    remove: (StackName: string, RetainResources?: string[]) =>
      client().send(new DeleteStackCommand({ StackName, RetainResources })),
    /** Once nothing is in progress. */
    async settled(StackName: string) {
      for (;;) {
        const found = await stack(StackName)
        if (!found.StackStatus?.endsWith('_IN_PROGRESS')) return found
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    events: async (StackName: string) =>
      (await client().send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? [],
    logGroups: async (logGroupNamePrefix: string) => {
      const logs = new CloudWatchLogsClient(t.config())
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))
      return logGroups.map(({ logGroupName }) => logGroupName)
    },
  }
}
