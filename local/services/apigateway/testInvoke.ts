import { theApi } from './lookup.ts'
import { type Asking, type Operations, on } from './names.ts'
import type { DeployedApi } from './types.ts'

/** An API as it is now, undeployed. */
const asTest = (restApiId: string, call: Asking, variables: Record<string, string> | undefined): DeployedApi => ({
  ...theApi(restApiId, call),
  stage: { stageName: 'test-invoke-stage', ...(variables ? { variables } : {}) },
})

export const testInvoke = {
  TestInvokeMethod: {
    action: on('POST', '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}'),
    run({ restApiId, ...input }, call) {
      const api = asTest(restApiId, call, input.stageVariables)
      return call.store.executor.testMethod(api, input, call)
    },
  },
  TestInvokeAuthorizer: {
    action: on('POST', '/restapis/{restApiId}/authorizers/{authorizerId}'),
    run({ restApiId, ...input }, call) {
      const api = asTest(restApiId, call, input.stageVariables)
      return call.store.executor.testAuthorizer(api, input, call)
    },
  },
} satisfies Operations
