import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Attempt, Clients } from './attempt.ts'
import { folderAttempts, listing } from './folders.ts'
import type { Identity, Place } from './identities.ts'
import { itemAttempts } from './items.ts'

/** The bucket, the tables and the function of the stack. */
export interface Names {
  bucket: string
  privateTable: string
  sharedTable: string
  getTokenForName: string
}

/** What came of an attempt. */
export interface Outcome {
  allowed: boolean
  /** What came of an allowed request; AWS's own message for a denied one. */
  text: string
}

/** Clients that ask as an identity. */
export const clientsOf = ({ credentials }: Identity, { region, endpoint }: Place): Clients => {
  const config = { region, credentials, maxAttempts: 2, ...(endpoint ? { endpoint } : {}) }
  // What one identity has got a browser must not give to another that asks for the same file.
  const requestHandler = { cache: 'no-store' }
  return {
    s3: new S3Client({ ...config, requestHandler, forcePathStyle: endpoint !== undefined }),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
    lambda: new LambdaClient(config),
  }
}

/** Asks the function that vouches for a name. */
export const tokenFor = async ({ lambda }: Clients, FunctionName: string, name: string) => {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ name }) }),
  )
  const result = JSON.parse(Payload?.transformToString() ?? '{}')
  if (FunctionError) throw new Error(`getTokenForName refused: ${result.errorMessage ?? FunctionError}`)
  return result as { identityId: string; token: string }
}

/** Every attempt, in the order in which they are made. */
export const attemptsOn = ({ bucket, privateTable, sharedTable, getTokenForName }: Names): Attempt[] => [
  ...folderAttempts(bucket, 'priv/'),
  ...folderAttempts(bucket, 'pub/'),
  ...itemAttempts('private table', privateTable),
  ...itemAttempts('shared table', sharedTable),
  listing(bucket),
  {
    ...{ resource: 'the rest', action: 'lambda:InvokeFunction', target: 'all' },
    async run(clients) {
      await tokenFor(clients, getTokenForName, 'anybody')
      return 'a token'
    },
  },
]

/** The codes by which S3 and the services that speak JSON say that IAM has refused. */
const DENIED = ['AccessDenied', 'AccessDeniedException']

/**
 * Makes an attempt.
 * @throws what is neither allowed nor denied: no network, a bucket that is not there
 */
export const outcomeOf = async (attempt: Attempt, clients: Clients, own: string, other: string): Promise<Outcome> => {
  try {
    return { allowed: true, text: await attempt.run(clients, own, other) }
  } catch (error) {
    const { name, message } = error as Error
    if (DENIED.includes(name)) return { allowed: false, text: message }
    throw error
  }
}

/** Puts what will be read: a file into both of somebody's folders, an item of theirs into both tables. */
export const prepare = async (names: Names, clients: Clients, own: string): Promise<void> => {
  for (const { action, target, run } of attemptsOn(names))
    if (target === 'own' && /:Put(Object|Item)$/.test(action)) await run(clients, own, own)
}
