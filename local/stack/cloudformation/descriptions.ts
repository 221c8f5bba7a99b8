import type { ResourceStatus, Stack, StackStatus } from '@aws-sdk/client-cloudformation'
import type { StackEvent, StackRecord, StackStore } from '../store.ts'
import { invalid } from './errors.ts'
import { findStack, type Operations, onStack, pageOf, stackAccess, stackOf } from './names.ts'
import { asParameters } from './settings.ts'

const NOT_CHECKED = { StackDriftStatus: 'NOT_CHECKED' as const }

const describe = (stack: StackRecord): Stack => ({
  StackId: stack.id,
  StackName: stack.name,
  StackStatus: stack.status as StackStatus,
  ...(stack.reason === undefined ? {} : { StackStatusReason: stack.reason }),
  ...(stack.description === undefined ? {} : { Description: stack.description }),
  ...(stack.changeSet === undefined ? {} : { ChangeSetId: stack.changeSet }),
  ...(stack.roleArn === undefined ? {} : { RoleARN: stack.roleArn }),
  ...(stack.timeoutMinutes === undefined ? {} : { TimeoutInMinutes: stack.timeoutMinutes }),
  CreationTime: new Date(stack.created),
  ...(stack.updated === undefined ? {} : { LastUpdatedTime: new Date(stack.updated) }),
  ...(stack.deleted === undefined ? {} : { DeletionTime: new Date(stack.deleted) }),
  DisableRollback: stack.disableRollback ?? false,
  EnableTerminationProtection: stack.isProtected ?? false,
  DriftInformation: NOT_CHECKED,
  RollbackConfiguration: {},
  NotificationARNs: stack.notificationArns ?? [],
  Capabilities: (stack.capabilities ?? []) as [],
  Tags: stack.tags ?? [],
  Parameters: asParameters(stack.parameters),
  Outputs: Object.entries(stack.outputs).map(([OutputKey, output]) => ({
    OutputKey,
    OutputValue: output.value,
    ...(output.description ? { Description: output.description } : {}),
    ...(output.exportName ? { ExportName: output.exportName } : {}),
  })),
})

interface Described {
  logicalId: string
  physicalId: string
  type: string
  status: string
  reason?: string
  at: number
}

/** The resources of a stack, those of a deleted one and those that are about to go as their last events tell. */
const resourcesOf = ({ id, name, status }: StackRecord, store: StackStore): Described[] => {
  const events = store.events(id).filter(({ logicalId }) => logicalId !== name)
  const last = new Map(events.map((event) => [event.logicalId, event]))
  if (status === 'DELETE_COMPLETE') return [...last.values()]
  const rows: Described[] = store.resources(id)
  const there = new Set(rows.map(({ logicalId }) => logicalId))
  const going = store.leftovers(id).filter(({ logicalId }) => !there.has(logicalId))
  return [...rows, ...going.map((one) => ({ ...one, at: last.get(one.logicalId)?.at ?? 0 }))]
}

const resource = ({ logicalId, physicalId, type, status, reason }: Described) => ({
  LogicalResourceId: logicalId,
  ...(physicalId ? { PhysicalResourceId: physicalId } : {}),
  ResourceType: type,
  ResourceStatus: status as ResourceStatus,
  ...(reason === undefined ? {} : { ResourceStatusReason: reason }),
  DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' as const },
})

const event = ({ id, name }: StackRecord, one: StackEvent) => ({
  StackId: id,
  StackName: name,
  EventId: one.eventId,
  Timestamp: new Date(one.at),
  LogicalResourceId: one.logicalId,
  PhysicalResourceId: one.physicalId,
  ResourceType: one.type,
  ResourceStatus: one.status as ResourceStatus,
  ...(one.reason === undefined ? {} : { ResourceStatusReason: one.reason }),
  ...(one.token === undefined ? {} : { ClientRequestToken: one.token }),
})

/** CloudFormation's pages: of events and resources 100, of stacks too. */
const PAGE = 100
/** ListStacks tells of deleted stacks for 90 days. */
const REMEMBERED = 90 * 24 * 3600_000

export const descriptions = {
  DescribeStacks: {
    action: ({ StackName }, call) =>
      StackName === undefined ? ['cloudformation:DescribeStacks', '*'] : stackAccess('DescribeStacks', StackName, call),
    run({ StackName, NextToken: token }, call) {
      if (StackName !== undefined) return { Stacks: [describe(stackOf(StackName, call))] }
      const all = call.store.store.list().filter(({ region }) => region === call.region)
      const { page, NextToken } = pageOf(all, token, PAGE)
      return { Stacks: page.map(describe), ...(NextToken ? { NextToken } : {}) }
    },
  },
  ListStacks: {
    action: () => ['cloudformation:ListStacks', '*'],
    run({ StackStatusFilter: filter = [], NextToken: token }, call) {
      const since = call.ground.clock.now() - REMEMBERED
      const all = call.store.store
        .listAll()
        .filter(({ region, deleted }) => region === call.region && (deleted === undefined || deleted > since))
        .filter(({ status }) => filter.length === 0 || filter.includes(status as StackStatus))
      const { page, NextToken } = pageOf(all, token, PAGE)
      return {
        StackSummaries: page.map((stack) => {
          const { StackId, StackName, StackStatus, StackStatusReason, CreationTime, LastUpdatedTime, DeletionTime } =
            describe(stack)
          return {
            StackId,
            StackName,
            StackStatus,
            StackStatusReason,
            CreationTime,
            LastUpdatedTime,
            DeletionTime,
            TemplateDescription: stack.description,
            DriftInformation: NOT_CHECKED,
          }
        }),
        ...(NextToken ? { NextToken } : {}),
      }
    },
  },
  DescribeStackEvents: {
    action: onStack('DescribeStackEvents'),
    run({ StackName, NextToken: token }, call) {
      const stack = StackName ? findStack(StackName, call) : stackOf(StackName, call)
      if (!stack) throw invalid(`Stack [${StackName}] does not exist`)
      const { page, NextToken } = pageOf(call.store.store.events(stack.id).reverse(), token, PAGE)
      return { StackEvents: page.map((one) => event(stack, one)), ...(NextToken ? { NextToken } : {}) }
    },
  },
  ListStackResources: {
    action: onStack('ListStackResources'),
    run({ StackName, NextToken: token }, call) {
      const { page, NextToken } = pageOf(resourcesOf(stackOf(StackName, call), call.store.store), token, PAGE)
      return {
        StackResourceSummaries: page.map((one) => ({ ...resource(one), LastUpdatedTimestamp: new Date(one.at) })),
        ...(NextToken ? { NextToken } : {}),
      }
    },
  },
  DescribeStackResources: {
    action: ({ StackName }, call) => stackAccess('DescribeStackResources', StackName, call),
    run({ StackName, LogicalResourceId, PhysicalResourceId }, call) {
      if ((StackName === undefined) === (PhysicalResourceId === undefined))
        throw invalid('You must specify either a stack name or a physical resource ID, and not both.')
      const { store } = call.store
      const stacks =
        StackName === undefined
          ? store
              .list()
              .filter(
                ({ id, region }) =>
                  region === call.region && store.resources(id).some((one) => one.physicalId === PhysicalResourceId),
              )
          : [stackOf(StackName, call)]
      const [stack] = stacks
      if (!stack) throw invalid(`Stack for ${PhysicalResourceId} does not exist`)
      const found = resourcesOf(stack, store).filter(
        ({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId,
      )
      return {
        StackResources: found.map((one) => ({
          StackName: stack.name,
          StackId: stack.id,
          ...resource(one),
          Timestamp: new Date(one.at),
        })),
      }
    },
  },
  DescribeStackResource: {
    action: onStack('DescribeStackResource'),
    run({ StackName, LogicalResourceId }, call) {
      const stack = findStack(StackName, call)
      if (!stack) throw invalid(`Stack '${StackName}' does not exist`)
      const { store } = call.store
      const found = resourcesOf(stack, store).find(({ logicalId }) => logicalId === LogicalResourceId)
      if (!found) throw invalid(`Resource ${LogicalResourceId} does not exist for stack ${stack.name}`)
      return {
        StackResourceDetail: {
          StackName: stack.name,
          StackId: stack.id,
          ...resource(found),
          LastUpdatedTimestamp: new Date(found.at),
        },
      }
    },
  },
  ListExports: {
    action: () => ['cloudformation:ListExports', '*'],
    run({ NextToken: token }, call) {
      const all = call.store.store
        .list()
        .filter(({ region }) => region === call.region)
        .flatMap(({ id, outputs }) =>
          Object.values(outputs).flatMap(({ exportName, value }) =>
            exportName === undefined ? [] : [{ ExportingStackId: id, Name: exportName, Value: value }],
          ),
        )
      const { page, NextToken } = pageOf(all, token, PAGE)
      return { Exports: page, ...(NextToken ? { NextToken } : {}) }
    },
  },
  ListImports: {
    action: () => ['cloudformation:ListImports', '*'],
    run({ ExportName, NextToken: token }, call) {
      const stacks = call.store.store.list().filter(({ region }) => region === call.region)
      if (!stacks.some(({ outputs }) => Object.values(outputs).some(({ exportName }) => exportName === ExportName)))
        throw invalid(`Export '${ExportName}' does not exist.`)
      const users = stacks.filter(({ imports }) => imports.includes(ExportName)).map(({ name }) => name)
      if (users.length === 0) throw invalid(`Export '${ExportName}' is not imported by any stack.`)
      const { page, NextToken } = pageOf(users, token, PAGE)
      return { Imports: page, ...(NextToken ? { NextToken } : {}) }
    },
  },
} satisfies Operations
