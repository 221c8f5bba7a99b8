import type * as ApiGateway from '@aws-sdk/client-api-gateway'
import type * as ApiGatewayV2 from '@aws-sdk/client-apigatewayv2'
import type * as CloudControl from '@aws-sdk/client-cloudcontrol'
import type * as Logs from '@aws-sdk/client-cloudwatch-logs'
import type * as CognitoIdentity from '@aws-sdk/client-cognito-identity'
import type * as DynamoDB from '@aws-sdk/client-dynamodb'
import type * as DynamoDBStreams from '@aws-sdk/client-dynamodb-streams'
import type * as Events from '@aws-sdk/client-eventbridge'
import type * as Iam from '@aws-sdk/client-iam'
import type * as Lambda from '@aws-sdk/client-lambda'
import type * as S3 from '@aws-sdk/client-s3'
import type * as Scheduler from '@aws-sdk/client-scheduler'
import type * as Ses from '@aws-sdk/client-ses'
import type * as SesV2 from '@aws-sdk/client-sesv2'
import type * as Sts from '@aws-sdk/client-sts'

/** The SDK packages whose models the services follow, by service name: types only, so that services need not import each other. */
export interface Sdks {
  apigateway: typeof ApiGateway
  apigatewayv2: typeof ApiGatewayV2
  cloudcontrolapi: typeof CloudControl
  'cognito-identity': typeof CognitoIdentity
  dynamodb: typeof DynamoDB
  dynamodbstreams: typeof DynamoDBStreams
  events: typeof Events
  iam: typeof Iam
  lambda: typeof Lambda
  logs: typeof Logs
  s3: typeof S3
  scheduler: typeof Scheduler
  ses: typeof Ses
  sesv2: typeof SesV2
  sts: typeof Sts
}

export type ServiceName = keyof Sdks
