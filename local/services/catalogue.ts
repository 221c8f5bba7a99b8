import { apigatewayv2 } from './apigateway/http/service.ts'
import { apigateway } from './apigateway/service.ts'
import { cloudcontrol } from './cloudcontrol/service.ts'
import { cognitoIdentity } from './cognito-identity/service.ts'
import { dynamodb } from './dynamodb/service.ts'
import { dynamodbstreams } from './dynamodb/streamOperations.ts'
import { events } from './events/service.ts'
import { iam } from './iam/service.ts'
import { lambda } from './lambda/service.ts'
import { logs } from './logs/service.ts'
import { s3 } from './s3/service.ts'
import { scheduler } from './scheduler/service.ts'
import type { Service } from './service.ts'
import { ses } from './ses/service.ts'
import { sesv2 } from './ses/version2.ts'
import { sts } from './sts/service.ts'

/** Every service of the local cloud. A new one is a new folder and a line here. */
export const catalogue: readonly Service[] = [
  apigateway,
  apigatewayv2,
  cloudcontrol,
  cognitoIdentity(),
  dynamodb,
  dynamodbstreams,
  events,
  iam,
  lambda,
  logs,
  s3,
  scheduler,
  ses,
  sesv2,
  sts,
]
