import { expect } from 'chai'
import { connect } from '../../chapters/07-calling-from-a-client/lib/client.ts'
import { guestOf } from '../../chapters/07-calling-from-a-client/lib/identity.ts'
import { localAddress } from '../../scripts/lib/addresses.ts'
import type { Chain, Deployed } from './chain.ts'

/** A new guest of the pool, and the functions that the pages call. */
const guest = ({ config: { region, endpoint }, output }: Deployed) => {
  const place = { region, endpoint }
  return connect({ ...place, credentials: guestOf(output('GreetingsPoolId'), place) })
}

const greets = (output: string, event: object, greeting: string): Chain[number] => ({
  title: `a guest who calls ${output} with ${JSON.stringify(event)} gets "${greeting}"`,
  async run(deployed) {
    expect(await guest(deployed).invoke(deployed.output(output), event)).to.equal(greeting)
  },
})

const serves = (path: string, status: number, heading: string): Chain[number] => ({
  title: `answers /home/${path} with ${status} and ${heading}`,
  async run({ config, output }) {
    const address = output('SimpleWebsiteUrl')
    const response = await fetch(`${config.endpoint ? localAddress(address, config.endpoint) : address}${path}`)
    const text = await response.text()

    expect(response.status, text).to.equal(status)
    expect(response.headers.get('content-type')).to.match(/^text\/html/)
    expect(text).to.contain(`<h1>${heading}</h1>`)
  },
})

/** Chapter 7: guests of the pool call two functions and nothing else; pages made on the server. */
export const chain: Chain = [
  greets('GreetingsFunction', { name: 'John' }, 'Hello John!'),
  greets('CustomGreetingsFunction', { greet: 'Hi' }, 'Hi World!'),
  {
    title: 'refuses a guest who calls another function',
    async run(deployed) {
      const error = await guest(deployed)
        .invoke<object, never>(deployed.physicalId('EjsWebsite'), { path: '/' })
        .catch((error: Error) => error)

      expect((error as Error).name).to.equal('AccessDeniedException')
    },
  },
  serves('', 200, 'Home Page'),
  serves('about/', 200, 'About'),
  serves('prices/', 404, 'Not found'),
]
