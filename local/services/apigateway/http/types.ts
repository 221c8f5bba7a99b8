import type { Api, Authorizer, Deployment, Integration, Route, Stage } from '@aws-sdk/client-apigatewayv2'

/** What of an API a deployment freezes. */
export interface HttpDefinition {
  routes: Route[]
  integrations: Integration[]
  authorizers: Authorizer[]
}

/** An HTTP API as it is described, with its stages and what they serve. */
export interface HttpApi extends HttpDefinition {
  id: string
  account: string
  region: string
  api: Api
  stages: Stage[]
  deployments: { deployment: Deployment; frozen: HttpDefinition }[]
}
