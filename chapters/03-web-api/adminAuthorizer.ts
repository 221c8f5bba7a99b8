import { createHash, timingSafeEqual } from 'node:crypto'
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda'
import { environment } from './lib/environment.ts'

const TOKEN = environment('ADMIN_TOKEN')

/** Compared by their digests, in a time that tells nothing of how much of them is right. */
const same = (one: string, other: string): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())

/** Every resource of administration at the stage that was asked: the answer is kept for a while, and counts for all of them. */
const adminOf = (methodArn: string): string => {
  const [api, stage] = methodArn.split('/')
  return `${api}/${stage}/*/admin/*`
}

/**
 * Decides who may ask for what is the administrator's. API Gateway asks it with the header `Authorization`, and keeps its
 * answer for each value of the header (a TOKEN authorizer).
 * Format: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 * @returns who it is, and a policy that lets them in
 * @throws Error `Unauthorized`, exactly so: the gateway then answers 401
 */
export const handler = async (event: APIGatewayTokenAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
  const [, given] = /^Bearer ([!-~]{1,1000})$/.exec(event.authorizationToken ?? '') ?? []
  if (given === undefined || !same(given, TOKEN)) throw new Error('Unauthorized')
  return {
    principalId: 'admin',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: adminOf(event.methodArn) }],
    },
  }
}
