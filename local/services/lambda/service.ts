import { service } from '../service.ts'
import { asynchronous } from './asynchronous.ts'
import { concurrency } from './concurrency.ts'
import { lambdaFunction } from './functionResource.ts'
import { functions } from './functions.ts'
import { invoke } from './invoke.ts'
import { layerVersion } from './layerResource.ts'
import { layers } from './layers.ts'
import { eventSourceMapping } from './mappingResource.ts'
import { mappings } from './mappings.ts'
import { functionPolicy, permissions } from './permissions.ts'
import { eventInvokeConfig, permission } from './resources.ts'
import { createLambdaStore } from './store.ts'
import { tags } from './tags.ts'
import { urls } from './urls.ts'

/**
 * AWS Lambda: functions of runtime nodejs24.x, their configuration, code, policy, tags and concurrency; Invoke in its
 * three types; event source mappings of DynamoDB streams; layers (their modules only: there is no `/opt`). Left out:
 * versions, aliases, permissions of layers, function URLs (a function is said to have none), container images, code
 * signing, response streaming and destinations of asynchronous events other than functions and,
 * for failures, buckets.
 */
export const lambda = service(
  {
    name: 'lambda',
    sdk: () => import('@aws-sdk/client-lambda'),
    protocol: 'restJson',
    denied: 'AccessDeniedException',
    // A package of 50 MB in base64, and what stands beside it (AWS's own limit of CreateFunction).
    largest: 70_167_211,
    store: createLambdaStore,
    resourcePolicy: functionPolicy,
    resources: {
      'AWS::Lambda::Function': lambdaFunction,
      'AWS::Lambda::Permission': permission,
      'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
      'AWS::Lambda::EventSourceMapping': eventSourceMapping,
      'AWS::Lambda::LayerVersion': layerVersion,
    },
  },
  {
    ...functions,
    ...invoke,
    ...permissions,
    ...concurrency,
    ...asynchronous,
    ...mappings,
    ...layers,
    ...tags,
    ...urls,
  },
)
