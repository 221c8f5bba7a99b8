import { ServiceError } from '../base/errors.ts'
import { type Service, service } from '../services/service.ts'
import type { StackDescription, Stacks } from './stacks.ts'

/**
 * AWS CloudFormation over the stacks of this cloud: DescribeStacks. Left out: all that makes, changes or deletes stacks
 * (the cloud deploys its template itself), change sets, events, drift, stack sets, types, hooks.
 */
export const cloudformation = (stacks: () => Stacks): Service =>
  service(
    {
      name: 'cloudformation',
      sdk: () => import('@aws-sdk/client-cloudformation'),
      protocol: 'query',
      namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
      version: '2010-05-15',
      denied: 'AccessDenied',
      store: () => undefined,
    },
    {
      DescribeStacks: {
        action: ({ StackName }, { account, region }) => {
          if (StackName === undefined) return ['cloudformation:DescribeStacks', '*']
          const arn = StackName.startsWith('arn:')
            ? StackName
            : `arn:aws:cloudformation:${region}:${account}:stack/${StackName}/*`
          return ['cloudformation:DescribeStacks', arn]
        },
        run({ StackName }, { region }) {
          const all = stacks().list()
          const found = all.filter(({ name, id }) =>
            StackName === undefined ? isOf(id, region) : id === StackName || (name === StackName && isOf(id, region)),
          )
          if (StackName !== undefined && found.length === 0)
            throw new ServiceError('ValidationError', `Stack with id ${StackName} does not exist`, { status: 400 })
          return { Stacks: found.map(stackOf) }
        },
      },
    },
  )

const isOf = (id: string, region: string) => id.split(':')[3] === region

const stackOf = ({
  name,
  id,
  status,
  reason,
  description,
  parameters,
  outputs,
  created,
  updated,
}: StackDescription) => ({
  StackName: name,
  StackId: id,
  StackStatus: status as 'CREATE_COMPLETE',
  ...(reason ? { StackStatusReason: reason } : {}),
  ...(description ? { Description: description } : {}),
  CreationTime: new Date(created),
  ...(updated === undefined ? {} : { LastUpdatedTime: new Date(updated) }),
  Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  Outputs: Object.entries(outputs).map(([OutputKey, output]) => ({
    OutputKey,
    OutputValue: output.value,
    ...(output.description ? { Description: output.description } : {}),
    ...(output.exportName ? { ExportName: output.exportName } : {}),
  })),
})
