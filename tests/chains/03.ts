import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway'
import { expect } from 'chai'
import { localAddress } from '../../scripts/lib/addresses.ts'
import type { Chain, Deployed } from './chain.ts'

/** Where an API is that an Output names: there, or on an emulator by the path that they share. */
const address = ({ config, output }: Deployed, name: string): string =>
  config.endpoint ? localAddress(output(name), config.endpoint) : output(name)

interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: unknown
}

/** Sends a request; a body goes as JSON. */
const ask = async (url: string, { method = 'GET', headers = {}, body }: Sent = {}) => {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const answers = (path: string, body: object): Chain[number] => ({
  title: `answers ${path} with ${JSON.stringify(body)}`,
  async run(deployed) {
    const { status, text } = await ask(`${address(deployed, 'MyUtilitiesUrl')}${path}`)

    expect(status, text).to.equal(200)
    expect(JSON.parse(text)).to.deep.equal(body)
  },
})

const NAME = '"Zoë" O\'Neill \\ 🎉\n'

const keyOf = async ({ config, output }: Deployed): Promise<string> => {
  const apiKey = output('BookstoreKeyId')
  const { value } = await new APIGatewayClient(config).send(new GetApiKeyCommand({ apiKey, includeValue: true }))
  return value ?? ''
}

const BOOK = { title: 'Frankenstein', author: 'Mary Shelley', year: 1818 }

/** Chapter 3: My Utilities by templates and by proxy, and the bookstore. */
export const chain: Chain = [
  answers('/greeting?name=John', { greeting: 'Hello John!' }),
  answers('/greeting?name=', { greeting: 'Hello World!' }),
  answers('/user/John/greet', { greeting: 'Hello John!' }),
  answers('/say?greet=Hi', { greeting: 'Hi World!' }),
  answers('/users/John/say/Hi', { greeting: 'Hi John!' }),
  answers('/steps/2/greeting', { greeting: 'Hello !' }),
  answers('/proxy/greeting?name=John', { greeting: 'Hello John!' }),
  {
    title: 'gives back any name, by template',
    async run(deployed) {
      const { text } = await ask(`${address(deployed, 'MyUtilitiesUrl')}/greeting?name=${encodeURIComponent(NAME)}`)

      expect(JSON.parse(text)).to.deep.equal({ greeting: `Hello ${NAME}!` })
    },
  },
  {
    title: 'gives back any name, by proxy',
    async run(deployed) {
      const { text } = await ask(
        `${address(deployed, 'MyUtilitiesUrl')}/proxy/greeting?name=${encodeURIComponent(NAME)}`,
      )

      expect(JSON.parse(text)).to.deep.equal({ greeting: `Hello ${NAME}!` })
    },
  },
  {
    title: 'says which address the request came from, as text to who accepts text',
    async run(deployed) {
      const text = await ask(`${address(deployed, 'MyUtilitiesUrl')}/my-ip`, { headers: { Accept: 'text/plain' } })
      const proxy = await ask(`${address(deployed, 'MyUtilitiesUrl')}/proxy/my-ip`, {
        headers: { Accept: 'text/plain' },
      })

      expect(text.text).to.match(/^[0-9a-f.:]+$/)
      expect(proxy.text).to.equal(text.text)
    },
  },
  {
    title: 'maps the error of a function to 400',
    async run(deployed) {
      const { status, text } = await ask(`${address(deployed, 'MyUtilitiesUrl')}/greeting`, {
        method: 'POST',
        body: { name: 42 },
      })

      expect(status).to.equal(400)
      expect(JSON.parse(text)).to.deep.equal({ message: 'name must be a string, but is 42' })
    },
  },
  {
    title: 'hands any method below a greedy path to one function',
    async run(deployed) {
      const { text } = await ask(`${address(deployed, 'MyUtilitiesUrl')}/proxy/any/path?a=1`, { method: 'DELETE' })

      expect(JSON.parse(text)).to.include({ method: 'DELETE', path: '/proxy/any/path', proxy: 'any/path' })
    },
  },
  {
    title: 'stores, gives, lists and deletes a book',
    async run(deployed) {
      const bookstore = address(deployed, 'BookstoreUrl')
      const headers = { 'x-api-key': await keyOf(deployed) }

      const created = await ask(`${bookstore}/books`, { method: 'POST', headers, body: BOOK })
      const { id } = JSON.parse(created.text)
      const given = await ask(`${bookstore}/books/${id}`)
      const changed = await ask(`${bookstore}/books/${id}`, { method: 'PUT', headers, body: { ...BOOK, year: 1831 } })
      const listed = await ask(`${bookstore}/books?limit=1`)
      const deleted = await ask(`${bookstore}/books/${id}`, { method: 'DELETE', headers })
      const gone = await ask(`${bookstore}/books/${id}`)

      expect([created, given, changed, listed, deleted, gone].map(({ status }) => status)).to.deep.equal([
        201, 200, 200, 200, 204, 404,
      ])
      expect(created.headers.get('location')).to.equal(`/prod/books/${id}`)
      expect(JSON.parse(given.text)).to.deep.equal({ id, ...BOOK })
      expect(JSON.parse(listed.text)).to.deep.equal({ books: [{ id, ...BOOK, year: 1831 }] })
    },
  },
  {
    title: 'lets nobody write without a key',
    async run(deployed) {
      const { status, text } = await ask(`${address(deployed, 'BookstoreUrl')}/books/5`, { method: 'DELETE' })

      expect(status).to.equal(403)
      expect(JSON.parse(text)).to.deep.equal({ message: 'Forbidden' })
    },
  },
  {
    title: 'refuses what is no book by its model, and says why',
    async run(deployed) {
      const { status, text } = await ask(`${address(deployed, 'BookstoreUrl')}/books`, {
        method: 'POST',
        headers: { 'x-api-key': await keyOf(deployed) },
        body: { author: 'Mary Shelley' },
      })

      expect(status).to.equal(400)
      expect(text).to.match(/^Invalid request body: .*title/)
    },
  },
  {
    title: 'lets the administrator in, and nobody else',
    async run(deployed) {
      const stats = `${address(deployed, 'BookstoreUrl')}/admin/stats`

      const allowed = await ask(stats, { headers: { Authorization: 'Bearer open-sesame' } })
      const refused = await ask(stats, { headers: { Authorization: 'Bearer open-barley' } })

      expect(allowed.status, allowed.text).to.equal(200)
      expect(JSON.parse(allowed.text)).to.include({ askedBy: 'admin' })
      expect(refused.status).to.equal(401)
      expect(JSON.parse(refused.text)).to.deep.equal({ message: 'Unauthorized' })
    },
  },
]
