import type { LambdaClient } from '@aws-sdk/client-lambda'
import type { S3Client } from '@aws-sdk/client-s3'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** Clients with somebody's credentials. */
export interface Clients {
  s3: S3Client
  dynamodb: DynamoDBDocumentClient
  lambda: LambdaClient
}

/** What has a part of the grid to itself. */
export type Resource = 'priv/' | 'pub/' | 'private table' | 'shared table' | 'the rest'

/** Whose it is that somebody tries to get at. `both`: own and somebody else's in one request; `all`: everybody's. */
export type Target = 'own' | 'other' | 'both' | 'all'

/** One request, which IAM decides about. */
export interface Attempt {
  resource: Resource
  /** `s3:PutObject` */
  action: string
  target: Target
  /**
   * Makes the request.
   * @param own the identity id of who asks
   * @param other that of somebody else
   * @returns what came of it, in a few words
   * @throws what the SDK throws
   */
  run(clients: Clients, own: string, other: string): Promise<string>
}

/** The identity ids that a target means. */
export const idsOf = (target: Target, own: string, other: string): string[] =>
  target === 'both' ? [own, other] : [target === 'own' ? own : other]
