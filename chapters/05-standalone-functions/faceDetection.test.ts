import { expect } from 'chai'

Object.assign(process.env, {
  BUCKET: 'local-123456789012-faces',
  PREFIX: 'tmp/',
  OUTPUT_DOMAIN: 'local-123456789012-faces.s3.us-east-1.amazonaws.com',
})
const { addressOf, handler } = await import('./faceDetection.ts')

/** `Name: message` of what the caller is told. */
const refusal = async (event: unknown) => {
  const { name, message } = (await handler(event as never).catch((error: Error) => error)) as Error
  return `${name}: ${message}`
}

describe('faceDetection', () => {
  for (const event of [null, {}, { imageUrl: 5 }, { imageUrl: ['https://example.com/'] }, { imageURL: 'https://a.b/' }])
    it(`refuses the event ${JSON.stringify(event)}`, async () => {
      expect(await refusal(event)).to.equal('InvalidEvent: imageUrl must be text: the address of a picture')
    })

  for (const [imageUrl, told] of [
    ['photo.jpg', 'InvalidAddress: the address must be a URL of at most 2048 characters'],
    ['file:///etc/passwd', 'InvalidAddress: the address must begin with http:// or https://'],
    ['http://169.254.169.254/', 'ForbiddenAddress: the address does not lead to the public internet'],
    ['http://2130706433/', 'ForbiddenAddress: the address does not lead to the public internet'],
    ['https://[::1]/', 'ForbiddenAddress: the address does not lead to the public internet'],
    // Not below the bucket that is public, though it begins alike.
    [
      'https://local-123456789012-faces.s3.us-east-1.amazonaws.com@127.0.0.1/',
      'InvalidAddress: the address must hold neither a user name nor a password',
    ],
  ] as const)
    it(`refuses ${imageUrl}`, async () => {
      expect(await refusal({ imageUrl })).to.equal(told)
    })

  it('gives addresses of AWS, or of the endpoint that the SDK is sent to', () => {
    const domain = 'stack-123456789012-faces.s3.eu-west-1.amazonaws.com'

    expect(addressOf('stack-123456789012-faces', domain, undefined)).to.equal(`https://${domain}/`)
    expect(addressOf('stack-123456789012-faces', domain, '')).to.equal(`https://${domain}/`)
    for (const endpoint of ['http://127.0.0.1:4566', 'http://127.0.0.1:4566/'])
      expect(addressOf('stack-123456789012-faces', domain, endpoint)).to.equal(
        'http://127.0.0.1:4566/stack-123456789012-faces/',
      )
  })
})
