import { createHash, randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Chain, Deployed } from './chain.ts'
import { expectError, expectResult } from './functions.ts'

/** Puts a user into the table, past the service: no mail is sent, which on AWS needs a verified sender. */
export const putUser = async ({ config, physicalId }: Deployed, Item: Record<string, unknown>): Promise<void> => {
  const client = new DynamoDBClient(config)
  await DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: physicalId('SampleAuthUsers'), Item }))
  client.destroy()
}

/** A token as mails carry it, and its hash as the table holds it. */
export const newToken = (): { token: string; hash: string } => {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: createHash('sha256').update(token).digest('base64url') }
}

const email = 'john.doe@example.com'

/** Chapter 9, as far as it sends no mail. */
export const chain: Chain = [
  {
    title: 'refuses what is no address',
    run: (deployed) =>
      expectError(
        deployed,
        'SampleAuthCreateUser',
        { email: 'john.doe', password: 'open sesame' },
        { errorType: 'InvalidInput', errorMessage: 'email must be an e-mail address' },
      ),
  },
  {
    title: 'verifies an address by the token of its mail, and by no other',
    async run(deployed) {
      const { token, hash } = newToken()
      const verifyExpires = Date.now() + 3_600_000
      await putUser(deployed, {
        email,
        passwordHash: '',
        verified: false,
        verifyToken: hash,
        verifyExpires,
        revision: 1,
      })

      const verify = (token: string, verified: boolean) =>
        expectResult(deployed, 'SampleAuthVerifyUser', { email, verify: token }, { verified })
      await verify(newToken().token, false)
      await verify(token, true)
      await verify(token, true)
      await verify(newToken().token, false)
    },
  },
]
