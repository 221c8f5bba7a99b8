import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { withAuthPages } from '../../../tests/authPages.ts'

describe('what the page Login says when AWS or the network fails', function () {
  this.timeout(60_000)
  const { open, send, newUser, verified } = withAuthPages()

  const login = { email: 'a@example.com', password: 'open sesame' }
  /** Answers the calls of functions as AWS does where something is wrong. */
  const answering = (page: Page, status: number, headers: Record<string, string>, body: object) =>
    page.route('**/invocations', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status,
            headers: {
              'content-type': 'application/json',
              'access-control-allow-origin': '*',
              'access-control-expose-headers': Object.keys(headers).join(),
              ...headers,
            },
            body: JSON.stringify(body),
          })
        : route.continue(),
    )
  for (const [what, status, headers, body, text] of [
    [
      'a failing service',
      200,
      { 'x-amz-function-error': 'Unhandled' },
      { errorType: 'ServiceFailure', errorMessage: 'x' },
      'The service failed. Please try again later.',
    ],
    [
      'a late function',
      200,
      { 'x-amz-function-error': 'Unhandled' },
      { errorType: 'Sandbox.Timedout', errorMessage: 'x' },
      'The service failed. Please try again later.',
    ],
    [
      'too many calls',
      429,
      { 'x-amzn-errortype': 'TooManyRequestsException' },
      { message: 'Rate Exceeded.' },
      'Too many people are here at the moment. Please try again in a minute.',
    ],
    [
      'a role that may not',
      403,
      { 'x-amzn-errortype': 'AccessDeniedException' },
      { Message: 'x' },
      'The service does not let you do this.',
    ],
    [
      'credentials that ended',
      403,
      { 'x-amzn-errortype': 'ExpiredTokenException' },
      { message: 'x' },
      'Your session is over: please log in again.',
    ],
    [
      'a service that is broken',
      500,
      { 'x-amzn-errortype': 'ServiceException' },
      { message: 'x' },
      'The service failed. Please try again later.',
    ],
  ] as const)
    it(`${what}: ${text}`, async () => {
      const { page } = await open('login.html', { expected: /Failed to load resource/ })
      await answering(page, status, headers, body)

      expect(await send(page, login)).to.deep.equal(['failure', `You are not logged in. ${text}`])
      expect(await page.isEnabled('button[type=submit]')).to.equal(true)
    })

  it('no network: the service cannot be reached, and the next try works', async () => {
    const email = newUser()
    await verified(email, 'open sesame')
    const { page } = await open('login.html', { expected: /ERR_FAILED|ERR_INTERNET_DISCONNECTED/ })
    await page.route('**/invocations', (route) => route.abort())

    expect(await send(page, { email, password: 'open sesame' })).to.deep.equal([
      'failure',
      'You are not logged in. The service cannot be reached. Are you connected to the network?',
    ])
    await page.unroute('**/invocations')
    expect((await send(page, { email, password: 'open sesame' }))[0]).to.equal('success')
  })

  it('no config.json: the page does not know its back end', async () => {
    const { page } = await open('login.html', { expected: /404/ })
    await page.route('**/config.json', (route) => route.fulfill({ status: 404 }))

    expect(await send(page, login)).to.deep.equal([
      'failure',
      'You are not logged in. This page does not know its back end: its config.json cannot be read.',
    ])
  })
})
