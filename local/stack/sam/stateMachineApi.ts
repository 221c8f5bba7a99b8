import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { apiIdOf, REST } from './api/apis.ts'
import { addPath, INTEGRATION, isDefinition, isIntegrated, operationsAt } from './api/definition.ts'
import { authorize, conditional } from './events/api.ts'
import type { SamEvent } from './events/types.ts'
import { chooseIf, noValue, type SamContext, type SamResource } from './types.ts'

type Event = Pick<SamEvent, 'name' | 'properties' | 'refuse'>

export const API_PROPERTIES = ['Path', 'Method', 'RestApiId', 'Stage', 'Auth', 'UnescapeMappingTemplate']

/** The mapping template that makes a request's body the input of an execution. */
const templateOf = (arn: Dict, unescaped: boolean): Dict => {
  const input = "$util.escapeJavaScript($input.json('$'))"
  // What escapeJavaScript does to single quotes is no JSON.
  const text = unescaped ? `${input}.replaceAll("\\\\'","'")` : input
  return { 'Fn::Sub': `{"input": "${text}", "stateMachineArn": "\${${String(arn.Ref)}}"}` }
}

/** A method of a REST API that starts the state machine, by `role`: one of an API whose definition SAM writes. */
export const integrateStateMachine = (
  event: Event,
  { entry }: SamResource,
  { arn, role }: { arn: Dict; role: Dict },
  context: SamContext,
): void => {
  const { properties, refuse } = event
  const { Path: path, Method: given, Stage: stage = null } = properties
  if (typeof path !== 'string') throw refuse("Property 'Path' should be a string.", [properties, 'Path'])
  if (typeof given !== 'string') throw refuse("Property 'Method' should be a string.", [properties, 'Method'])
  const apiId = apiIdOf(properties.RestApiId ?? { Ref: REST.implicitId })
  const api: ResourceEntry | undefined = typeof apiId === 'string' ? context.resources[apiId] : undefined
  if (typeof apiId !== 'string' || !api || api.Type === 'AWS::Serverless::HttpApi')
    throw refuse("RestApiId must be a valid reference to an 'AWS::Serverless::Api' resource in same template.", [
      properties,
      'RestApiId',
    ])
  const work = context.apis.get(apiId)
  const { body } = work ?? {}
  if (!work?.managed || !isDefinition(body)) return
  const method = given.toLowerCase()
  if (isIntegrated(body, path, method))
    throw refuse(`API method "${method}" defined multiple times for path "${path}".`)
  const { Condition: condition } = entry
  const uri = { 'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:states:action/StartExecution` }
  addPath(body, path, method)
  for (const operation of operationsAt(body, path, method)) {
    operation[INTEGRATION] = {
      type: 'aws',
      httpMethod: 'POST',
      uri: condition ? chooseIf(condition, uri, noValue) : uri,
      responses: { 200: { statusCode: '200' }, 400: { statusCode: '400' } },
      credentials: role,
      requestTemplates: { 'application/json': templateOf(arn, properties.UnescapeMappingTemplate === true) },
    }
    operation.responses ??= { 200: { description: 'OK' }, 400: { description: 'Bad Request' } }
  }
  if (condition) conditional(body, path, method, condition)
  const auth = isDict(properties.Auth) ? properties.Auth : {}
  authorize(body, { path, method, stage, auth: work.properties.Auth }, auth, event)
}
