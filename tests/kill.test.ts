import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { root } from '../scripts/lib/application.ts'

const BUCKET = 'local-123456789012-pictures'
const KILLS = process.env.TEST_FULL ? 100 : 20

/** Starts the cloud on a state and resolves with its port. */
const start = (state: string): Promise<{ child: ChildProcess; port: number }> => {
  const child = spawn(process.execPath, [join(root, 'tests/tools/serve.ts'), state], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (part) => {
      said += part
    })
    child.stdout.on('data', (part) => resolve({ child, port: Number(part) }))
    child.on('exit', (code) => reject(new Error(`the cloud ended with ${code}: ${said}`)))
  })
}

const clientsOf = (port: number) => {
  const config = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  }
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
  }
}
type Clients = ReturnType<typeof clientsOf>

/** A body whose content follows from its key, of 1 to 200,000 bytes. */
const bodyOf = (n: number) => Buffer.alloc(1 + ((n * 7919) % 200_000), String.fromCharCode(97 + (n % 26)))

/** Each kind of thing that the cloud accepts: how to hand it over, and how to find that it is there. */
const KINDS = {
  async object(n: number, { s3 }: Clients) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `kept/${n}`, Body: bodyOf(n) }))
  },
  async item(n: number, { dynamodb }: Clients) {
    await dynamodb.send(
      new PutItemCommand({ TableName: 'Images', Item: { name: { S: `kept/${n}` }, n: { N: `${n}` } } }),
    )
  },
  async event(n: number, { lambda }: Clients) {
    const Payload = Buffer.from(JSON.stringify({ message: `event ${n}.` }))
    await lambda.send(new InvokeCommand({ FunctionName: 'LogMessage', InvocationType: 'Event', Payload }))
  },
  async call(n: number, { lambda }: Clients) {
    const Payload = Buffer.from(JSON.stringify({ message: `call ${n}.` }))
    await lambda.send(new InvokeCommand({ FunctionName: 'LogMessage', Payload }))
  },
  async line(n: number, { logs }: Clients) {
    const logEvents = [{ timestamp: Date.now(), message: `line ${n}.` }]
    await logs.send(new PutLogEventsCommand({ logGroupName: 'kept', logStreamName: 'kept', logEvents }))
  },
}
type Kind = keyof typeof KINDS

/** All messages of a log group. */
const messagesOf = async (logs: CloudWatchLogsClient, logGroupName: string | undefined): Promise<string> => {
  const messages: (string | undefined)[] = []
  let nextToken: string | undefined
  do {
    const page = await logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }))
    messages.push(...(page.events ?? []).map(({ message }) => message))
    nextToken = page.nextToken
  } while (nextToken)
  return messages.join('\n')
}

describe('a local cloud that is killed under load', function () {
  this.timeout(600_000)
  let state: string
  before(() => {
    state = mkdtempSync(join(tmpdir(), 'lambda-in-action-kill-'))
  })
  after(() => rmSync(state, { recursive: true, force: true }))

  it(`loses nothing that it accepted, over ${KILLS} kills`, async () => {
    const accepted: Record<Kind, number[]> = { object: [], item: [], event: [], call: [], line: [] }
    let next = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, port } = await start(state)
      const clients = clientsOf(port)
      if (kill === 0) {
        await clients.logs.send(new CreateLogGroupCommand({ logGroupName: 'kept' }))
        await clients.logs.send(new CreateLogStreamCommand({ logGroupName: 'kept', logStreamName: 'kept' }))
      }
      let running = true
      const busy = new Set<Kind>()
      const work = async (kind: Kind) => {
        while (running) {
          const n = next++
          try {
            await KINDS[kind](n, clients)
          } catch {
            return // killed in the middle: it was not accepted
          }
          accepted[kind].push(n)
          busy.add(kind)
        }
      }
      const workers = (Object.keys(KINDS) as Kind[]).map(work)
      // Each kind is under way before the kill comes, at another moment each time.
      for (let i = 0; i < 500 && busy.size < workers.length; i++)
        await new Promise((resolve) => setTimeout(resolve, 10))
      await new Promise((resolve) => setTimeout(resolve, (kill * 97) % 300))
      child.removeAllListeners('exit')
      const ended = new Promise((resolve) => child.on('exit', resolve))
      child.kill('SIGKILL')
      running = false
      await ended
      await Promise.all(workers)
    }

    const { child, port } = await start(state)
    child.removeAllListeners('exit')
    const { s3, dynamodb, lambda, logs } = clientsOf(port)
    try {
      for (const n of accepted.object) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: `kept/${n}` }))
        expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bodyOf(n)), `object ${n}`).to.equal(true)
      }
      for (const n of accepted.item) {
        const { Item } = await dynamodb.send(
          new GetItemCommand({ TableName: 'Images', Key: { name: { S: `kept/${n}` } } }),
        )
        expect(Item?.n?.N, `item ${n}`).to.equal(`${n}`)
      }
      const lines = await messagesOf(logs, 'kept')
      expect(accepted.line.filter((n) => !lines.includes(`line ${n}.`))).to.deep.equal([])

      const { LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'LogMessage' }))
      let missing = accepted.event
      for (const end = Date.now() + 60_000; missing.length > 0 && Date.now() < end; ) {
        await new Promise((resolve) => setTimeout(resolve, 500))
        const told = await messagesOf(logs, LoggingConfig?.LogGroup)
        missing = accepted.event.filter((n) => !told.includes(`event ${n}.`))
      }
      expect(missing, 'events that were accepted and never run').to.deep.equal([])
      const told = await messagesOf(logs, LoggingConfig?.LogGroup)
      const silent = accepted.call.filter((n) => !told.includes(`call ${n}.`))
      expect(silent, 'calls that were answered and left no line').to.deep.equal([])
      for (const kind of Object.keys(KINDS) as Kind[]) expect(accepted[kind].length, kind).to.be.at.least(KILLS)

      // A killed upload leaves nothing: each file is the content of an object.
      await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: `kept/${accepted.object[0]}` }))
      const files = readdirSync(join(state, 's3'), { recursive: true, withFileTypes: true }).filter((one) =>
        one.isFile(),
      )
      expect(files.length).to.be.at.most(next)
    } finally {
      child.kill('SIGKILL')
    }
  })
})
