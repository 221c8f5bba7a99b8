import { CognitoIdentity } from '@aws-sdk/client-cognito-identity'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import type { Mail } from '../local/services/ses/store.ts'
import type { ClientConfig, TestCloud } from './cloud.ts'

/** What the tests of the authentication service need: callers with the pool's credentials, the mailbox, the table. */

const COGNITO = 'cognito-identity.amazonaws.com'
export const TABLE = 'SampleAuthUsers'

/** A function's answer: its result, or `errorType` and `errorMessage`. */
// biome-ignore lint/suspicious/noExplicitAny: answers are compared with literals
export type Answer = any

/** One who calls functions, with the credentials of an identity of the pool. */
export interface Person {
  identityId: string
  /** Invokes a function by its logical ID. @throws the refusal of Lambda, where this person may not */
  call(logicalId: string, event?: unknown): Promise<Answer>
  credentials: NonNullable<ClientConfig['credentials']>
  close(): void
}

const clientsOf = (cloud: Pick<TestCloud, 'config'>, credentials?: ClientConfig['credentials']) => {
  const lambda = new LambdaClient(cloud.config(credentials))
  return {
    async call(FunctionName: string, event: unknown = {}): Promise<Answer> {
      const { Payload } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(event === undefined ? null : event) }),
      )
      return JSON.parse(Payload?.transformToString() ?? 'null')
    },
    close: () => lambda.destroy(),
  }
}

/** The administrator, who has no identity of the pool. */
export const administrator = (cloud: TestCloud) => clientsOf(cloud)

const withCredentials = async (
  cloud: TestCloud,
  cognito: CognitoIdentity,
  IdentityId: string,
  token?: string,
): Promise<Person> => {
  const { Credentials } = await cognito.getCredentialsForIdentity({
    IdentityId,
    ...(token === undefined ? {} : { Logins: { [COGNITO]: token } }),
  })
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }
  return { identityId: IdentityId, credentials, ...clientsOf(cloud, credentials) }
}

const poolOf = (cloud: TestCloud) => String(cloud.stack.outputs.SampleAuthPoolId?.value)

/** A new guest of the pool, as a page has it that is opened for the first time. */
export const guest = async (cloud: TestCloud): Promise<Person> => {
  const cognito = new CognitoIdentity(cloud.config())
  try {
    const { IdentityId = '' } = await cognito.getId({ IdentityPoolId: poolOf(cloud) })
    return await withCredentials(cloud, cognito, IdentityId)
  } finally {
    cognito.destroy()
  }
}

/** One who has logged in, with what `login` has answered. */
export const signedIn = async (cloud: TestCloud, login: { identityId: string; token: string }): Promise<Person> => {
  const cognito = new CognitoIdentity(cloud.config())
  try {
    return await withCredentials(cloud, cognito, login.identityId, login.token)
  } finally {
    cognito.destroy()
  }
}

/** The mails to an address, the newest first. */
export const mailsTo = (cloud: TestCloud, address: string): Mail[] =>
  cloud.cloud.mails().filter(({ to }) => to.includes(address))

/** The parameters of the link in a mail's text. */
export const linkIn = (mail: Mail | undefined): { page: string; parameters: Record<string, string> } => {
  const url = new URL(/^https?:\/\/\S+$/m.exec(mail?.text ?? '')?.[0] ?? 'none:')
  return { page: `${url.origin}${url.pathname}`, parameters: Object.fromEntries(url.searchParams) }
}

/** The table of users, read and written past the service. */
export const usersOf = (cloud: Pick<TestCloud, 'config'>) => {
  const client = new DynamoDBClient(cloud.config())
  const table = DynamoDBDocument.from(client)
  return {
    get: async (email: string): Promise<Answer> => (await table.get({ TableName: TABLE, Key: { email } })).Item,
    put: (Item: Record<string, unknown>) => table.put({ TableName: TABLE, Item }),
    set: (email: string, name: string, value: unknown) =>
      table.update({
        TableName: TABLE,
        Key: { email },
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': value },
      }),
    count: async () => (await table.scan({ TableName: TABLE })).Count,
    close: () => client.destroy(),
  }
}

/** Makes hashes cheap: a change of the template for tests of everything but the cost itself. */
export const cheap = (template: string): string =>
  template.replace(/Default: 17\n(?=.*\n.*MaxValue: 17)/, 'Default: 4\n')

/** Signs a user up and opens the link of the mail. @returns the link's token */
export const verifiedUser = async (
  cloud: TestCloud,
  person: Pick<Person, 'call'>,
  user: { email: string; password: string; name?: string },
): Promise<string> => {
  await person.call('SampleAuthCreateUser', user)
  const { parameters } = linkIn(mailsTo(cloud, user.email)[0])
  const answer = await person.call('SampleAuthVerifyUser', parameters)
  if (answer.verified !== true) throw new Error(`${user.email} is not verified: ${JSON.stringify(answer)}`)
  return parameters.verify ?? ''
}
