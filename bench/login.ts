import { randomBytes, scrypt } from 'node:crypto'
import { InvokeCommand } from '@aws-sdk/client-lambda'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { type Clients, clientsOf } from './calls.ts'
import { startCloud } from './clouds.ts'
import { compare, timed } from './figures.ts'
import { type Row, row } from './results.ts'

const USER = { email: 'john.doe@example.com', password: 'open sesame' }
/** The cost of chapter 9: 128 MB each. */
const LN = 17
const [N, r, p] = [2 ** LN, 8, 1]
const salt = randomBytes(16)

const scryptAlone = (): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 128 * N * r + 1024 ** 2 }
    scrypt(USER.password, salt, 32, options, (error, hash) => (error ? reject(error) : resolve(hash)))
  })

/** Logs in. @throws when the answer is not an identity with its token */
const logIn = async ({ lambda }: Clients): Promise<void> => {
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: 'SampleAuthLogin', Payload: JSON.stringify(USER) }),
  )
  const text = Payload?.transformToString() ?? ''
  const { login, identityId, token } = JSON.parse(text)
  if (!login || !identityId || token?.split('.').length !== 3) throw new Error(`the login answered ${text}`)
}

/** Chapter 10's login beside the computation that makes guessing slow. */
export const loginRows = async (rounds: number): Promise<Row[]> => {
  const cloud = await startCloud()
  const clients = clientsOf(cloud.url)
  const form = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const passwordHash = `$scrypt$ln=${LN},r=${r},p=${p}$${form(salt)}$${form(await scryptAlone())}`
  const Item = { email: USER.email, name: 'John', passwordHash, verified: true, revision: 1 }
  await clients.table.send(new PutCommand({ TableName: 'SampleAuthUsers', Item }))
  await timed(2, () => logIn(clients))
  const compared = await compare(
    rounds,
    () => timed(3, () => logIn(clients)),
    () => timed(3, scryptAlone),
  )
  await cloud.stop()
  return [
    row('login (scrypt N=2^17) through the SDK', 'ms', 'that scrypt alone', compared, { most: 1.25, of: 'ratio' }),
  ]
}
