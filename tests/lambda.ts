import { createHash } from 'node:crypto'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { createFunction, createRole, type functionOf, trust } from '../local/services/lambda/fixture.ts'
import { withCloud } from './cloud.ts'
import { shared } from './shared.ts'

/** What tests of functions have in common. */

/** Sources of functions: what each gives is its name. */
export const ONE = `export const handler = async () => 'one'`
export const TWO = `export const handler = async () => 'two'`
/** What its variable COLOUR says, or `none`. */
export const ENVIRONMENT = `export const handler = async () => process.env.COLOUR ?? 'none'`

/** As Lambda tells it of a package. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64')

/**
 * A cloud and Lambda's client for all tests of a `describe` block, with two roles: `basic`, and `of-ec2`, which no function
 * may have. Use them inside `it`.
 */
export const withLambda = () => {
  const cloud = withCloud()
  const lambda: LambdaClient = shared(
    'Lambda',
    async () => {
      await createRole(cloud.config(), 'basic')
      await createRole(cloud.config(), 'of-ec2', [], trust({ Service: 'ec2.amazonaws.com' }))
      return new LambdaClient(cloud.config())
    },
    (client) => client.destroy(),
  )
  return {
    cloud,
    lambda,
    create: (...of: Parameters<typeof functionOf>) => createFunction(lambda, ...of),
    /** What a function gives. */
    async run(FunctionName: string) {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }))
      return JSON.parse(Buffer.from(Payload ?? []).toString())
    },
  }
}
