import { Agent, request } from 'node:http'
import { Sha256 } from '@aws-crypto/sha256-js'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { SignatureV4 } from '@smithy/signature-v4'

const REGION = 'us-east-1'
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }

/** SDK clients of a server. */
export const clientsOf = (url: string) => {
  const config = { endpoint: url, region: REGION, credentials, maxAttempts: 1 }
  return {
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    table: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
  }
}
export type Clients = ReturnType<typeof clientsOf>

export const GREETINGS = 'GreetingsOnDemand'
const EVENT = '{"name":"John"}'
const payload = new TextEncoder().encode(EVENT)

/** Greets John through the SDK. @throws when that is not what comes back */
export const greet = async ({ lambda }: Pick<Clients, 'lambda'>): Promise<void> => {
  const answer = await lambda.send(new InvokeCommand({ FunctionName: GREETINGS, Payload: payload }))
  const text = answer.Payload?.transformToString()
  if (answer.FunctionError || !text?.includes('Hello John!')) throw new Error(`the function answered ${text}`)
}

/** Greets John over plain HTTP: one request, signed once, sent as often as wanted. */
export const rawGreet = async (url: string): Promise<() => Promise<void>> => {
  const { hostname, port, host } = new URL(url)
  const signer = new SignatureV4({ service: 'lambda', region: REGION, credentials, sha256: Sha256 })
  const path = `/2015-03-31/functions/${GREETINGS}/invocations`
  const headers = { host, 'content-type': 'application/json' }
  const unsigned = { method: 'POST', protocol: 'http:', hostname, path, headers, body: EVENT }
  const signed = await signer.sign(unsigned)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const options = { hostname, port, path, method: 'POST', agent, headers: signed.headers }
  return () =>
    new Promise((resolve, reject) => {
      const sent = request(
        { ...options, headers: { ...options.headers, 'content-length': EVENT.length } },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (part) => {
            text += part
          })
          answer.on('end', () => (text === '"Hello John!"' ? resolve() : reject(new Error(`it answered ${text}`))))
        },
      )
      sent.on('error', reject)
      sent.end(EVENT)
    })
}

/** Runs `times` calls, `callers` of them at once. Gives ms for each call. */
export const together = async (callers: number, times: number, call: () => Promise<unknown>): Promise<number[]> => {
  let left = times
  const began = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (left-- > 0) await call()
    }),
  )
  return [(performance.now() - began) / times]
}
