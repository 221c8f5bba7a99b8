import { expect } from 'chai'

process.env.TABLE ??= 'MediaContent'
process.env.BUCKET ??= 'local-123456789012-media'

const owner = 'us-east-1:0a1b2c3d-0000-4000-8000-000000000001'
const objectKey = `public/content/${owner}/a.gif`

describe('setVisibility', () => {
  for (const [event, caller, message] of [
    [{ objectKey, isPublic: false }, undefined, 'NotSignedIn: log in first'],
    [{ objectKey, isPublic: false }, 'us-east-1:other', 'NotYours: this picture is not yours'],
    [{ objectKey, isPublic: 'no' }, owner, 'InvalidInput: isPublic must be true or false'],
    ...[
      ...[null, {}, { objectKey: 5 }, { objectKey: `public/thumbnail/${owner}/a.gif`, isPublic: true }],
      { objectKey: `public/content/${owner}/../us-east-1:other/a.gif`, isPublic: false },
    ].map(
      (event) =>
        [
          event,
          owner,
          'InvalidInput: objectKey must be the key of a picture: <public or private>/content/<identity>/<name>',
        ] as const,
    ),
  ] as const)
    it(`refuses ${JSON.stringify(event)} of ${caller ?? 'nobody'}`, async () => {
      const { handler } = await import('./setVisibility.ts')
      const context = caller === undefined ? {} : { identity: { cognitoIdentityId: caller } }

      const error = await handler(event as never, context as never).catch((error: Error) => error)

      expect(String(error)).to.equal(message)
    })

  it('has nothing to do where the picture is', async () => {
    const { handler } = await import('./setVisibility.ts')

    const answer = await handler({ objectKey, isPublic: true }, { identity: { cognitoIdentityId: owner } } as never)

    expect(answer).to.deep.equal({ objectKey, isPublic: true })
  })
})
