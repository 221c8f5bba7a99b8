import { expect } from 'chai'

process.env.ADMIN_TOKEN = 'open-sesame'
const { handler } = await import('./adminAuthorizer.ts')

const methodArn = 'arn:aws:execute-api:us-east-1:123456789012:b1o2o3k4s5/prod/GET/admin/stats'
const ask = (authorizationToken: string) => handler({ type: 'TOKEN', authorizationToken, methodArn })

describe('adminAuthorizer', () => {
  it('lets in who sends the token, to all of administration at that stage', async () => {
    expect(await ask('Bearer open-sesame')).to.deep.equal({
      principalId: 'admin',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'execute-api:Invoke',
            Resource: 'arn:aws:execute-api:us-east-1:123456789012:b1o2o3k4s5/prod/*/admin/*',
          },
        ],
      },
    })
  })

  for (const token of [
    '',
    'open-sesame',
    'Bearer ',
    'Bearer open-barley',
    'Bearer open-sesame ',
    'bearer open-sesame',
    'Basic b3BlbjpzZXNhbWU=',
    `Bearer ${'x'.repeat(100_000)}`,
    undefined as never,
  ])
    it(`refuses ${JSON.stringify(token)?.slice(0, 40)} in the one word that the gateway knows`, async () => {
      const error = await ask(token).catch((error: Error) => error)

      expect((error as Error).message).to.equal('Unauthorized')
    })
})
