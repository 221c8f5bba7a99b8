import type { Ground } from '../base/ground.ts'
import { type Service, service } from '../services/service.ts'
import { createChangeSetStore } from './cloudformation/changeSetStore.ts'
import { changeSets } from './cloudformation/changeSets.ts'
import { createChangeSet } from './cloudformation/createChangeSet.ts'
import { descriptions } from './cloudformation/descriptions.ts'
import type { Desk } from './cloudformation/names.ts'
import { rollBacks } from './cloudformation/rollBacks.ts'
import { stackOperations } from './cloudformation/stackOperations.ts'
import { templates } from './cloudformation/templates.ts'
import { createTokenStore } from './cloudformation/tokenStore.ts'
import type { Stacks } from './stacks.ts'
import { createStackStore } from './store.ts'

/**
 * AWS CloudFormation over the stacks of this cloud: CreateChangeSet, DescribeChangeSet, ListChangeSets, DeleteChangeSet,
 * ExecuteChangeSet, CreateStack, UpdateStack, DeleteStack, CancelUpdateStack, ContinueUpdateRollback, RollbackStack,
 * UpdateTerminationProtection, SetStackPolicy, GetStackPolicy, DescribeStacks, ListStacks, DescribeStackEvents,
 * ListStackResources, DescribeStackResources, DescribeStackResource, ListExports, ListImports, GetTemplate,
 * GetTemplateSummary, ValidateTemplate. Left out: cost estimates, drift, import of resources, nested stacks, stack sets,
 * types, hooks, macros other than SAM's transform and the language extensions, roll-back triggers, notifications.
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
      store: (ground: Ground): Desk => ({
        store: createStackStore(ground),
        changeSets: createChangeSetStore(ground),
        tokens: createTokenStore(ground),
        get worker() {
          return stacks().worker
        },
        typeOf: (name) => stacks().typeOf(name),
      }),
    },
    { ...createChangeSet, ...changeSets, ...stackOperations, ...rollBacks, ...descriptions, ...templates },
  )
