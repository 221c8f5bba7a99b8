import { createContext, runInContext } from 'node:vm'
import { CognitoIdentity } from '@aws-sdk/client-cognito-identity'
import { expect } from 'chai'
import { build } from 'esbuild'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { connect, FunctionFailed } from './client.ts'
import { guestOf, type Memory } from './identity.ts'

/** A device that remembers, as a browser's localStorage does. */
const device = (): Memory & { kept: Map<string, string> } => {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  }
}

describe('the client of chapter 7', function () {
  this.timeout(40_000)
  const t = withCloud({ chapter: '07' })
  const pool = () => t.stack.outputs.GreetingsPoolId?.value ?? ''
  const place = () => ({ region: 'us-east-1', endpoint: t.cloud.url })
  const guest = (memory?: Memory) => guestOf(pool(), place(), memory)
  const caller = () => connect({ ...place(), credentials: guest() })

  it('calls from an app that has neither a page nor Node, as one in React Native', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `export { connect } from './client.ts'; export { guestOf } from './identity.ts'`,
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'client',
      write: false,
    })
    // What React Native has, with the two polyfills that the SDK wants there.
    const app = createContext({
      ...{ AbortController, AbortSignal, Headers, Request, Response, TextDecoder, TextEncoder, Uint8Array, URL },
      ...{ clearTimeout, fetch, setTimeout, URLSearchParams },
      crypto: { getRandomValues: (bytes: Uint8Array) => crypto.getRandomValues(bytes) },
      place: place(),
      pool: pool(),
    })
    runInContext(outputFiles[0]?.text ?? '', app)

    const greeting = await runInContext(
      `client.connect({ ...place, credentials: client.guestOf(pool, place) }).invoke('GreetingsOnDemand', { name: 'John' })`,
      app,
    )

    expect(runInContext('typeof window + typeof document + typeof process + typeof require', app)).to.equal(
      'undefined'.repeat(4),
    )
    expect(greeting).to.equal('Hello John!')
  })

  it('calls a function as a guest', async () => {
    expect(await caller().invoke<{ name: string }, string>('GreetingsOnDemand', { name: 'John' })).to.equal(
      'Hello John!',
    )
  })

  it('binds a function under another name', async () => {
    const salute = caller().lambdaFunction<{ greet?: string; name?: string }, string>('CustomGreetingsOnDemand')

    expect(await salute({ greet: 'Hi', name: undefined })).to.equal('Hi World!')
    expect(await salute({})).to.equal('Hello World!')
  })

  it('throws what the function threw, with its name', async () => {
    const error = await caller()
      .invoke<object, FunctionFailed>('GreetingsOnDemand', { name: 42 })
      .catch((error: FunctionFailed) => error as FunctionFailed)

    expect(error).to.be.instanceOf(FunctionFailed)
    expect([error.functionName, error.name, error.message]).to.deep.equal([
      'GreetingsOnDemand',
      'TypeError',
      'name must be a string, but is 42',
    ])
  })

  it('lets a guest call the two functions of the pages and nothing else', async () => {
    for (const name of ['EjsWebsite', 'Nothing']) {
      const { name: refusal, message, status } = await refusalOf(caller().invoke(name, {}))

      expect([refusal, status]).to.deep.equal(['AccessDeniedException', 403])
      expect(message).to.match(/is not authorized to perform: lambda:InvokeFunction on resource: .*:function:/)
    }
  })

  it('stays the same guest on a device that remembers, and is another one elsewhere', async () => {
    const memory = device()

    const [first, again, elsewhere] = [await guest(memory)(), await guest(memory)(), await guest(device())()]

    expect(again.identityId).to.equal(first.identityId)
    expect(elsewhere.identityId).not.to.equal(first.identityId)
    expect([...memory.kept.values()]).to.deep.equal([first.identityId])
  })

  it('becomes a new guest when the one that is remembered was deleted', async () => {
    const memory = device()
    const provider = guest(memory)
    const first = await provider()
    await new CognitoIdentity(t.config()).deleteIdentities({ IdentityIdsToDelete: [first.identityId] })

    const next = await provider()

    expect(next.identityId).not.to.equal(first.identityId)
    expect([...memory.kept.values()]).to.deep.equal([next.identityId])
  })

  it('asks for new credentials when the old ones expire', async () => {
    const given: Date[] = []
    const provider = guest()
    const client = connect({
      ...place(),
      credentials: async () => {
        const credentials = await provider()
        given.push(credentials.expiration)
        // As if it had been got almost an hour ago.
        return given.length === 1 ? { ...credentials, expiration: new Date(Date.now() + 1000) } : credentials
      },
    })

    for (let call = 0; call < 3; call++) await client.invoke('GreetingsOnDemand', {})

    expect(given).to.have.length(2)
  })

  it('says that a pool takes no guests', async () => {
    await t.deploy((text) =>
      text.replace('AllowUnauthenticatedIdentities: true # DEMO', 'AllowUnauthenticatedIdentities: false # DEMO'),
    )
    try {
      const { name, message, status } = await refusalOf(guest()())

      expect([name, status]).to.deep.equal(['NotAuthorizedException', 400])
      expect(message).to.equal('Unauthenticated access is not supported for this identity pool.')
    } finally {
      await t.deploy((text) => text)
    }
  })
})
