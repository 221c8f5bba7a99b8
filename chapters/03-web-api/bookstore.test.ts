import { APIGatewayClient, GetApiKeysCommand } from '@aws-sdk/client-api-gateway'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { addressOf, ask } from '../../tests/apis.ts'
import { type TestCloud, told, withCloud } from '../../tests/cloud.ts'

const BOOK = {
  title: 'The Left Hand of Darkness',
  author: 'Ursula K. Le Guin',
  isbn: '978-0-441-47812-5',
  year: 1969,
}

/** The bookstore of a cloud, asked by HTTP. */
const bookstoreOf = (cloud: TestCloud) => {
  let known: string | undefined
  const key = async () => {
    // Asked once: what a client signs with the time of day is refused where the test moved the cloud's clock.
    known ??= await askForKey()
    return known
  }
  const askForKey = async () => {
    const { items = [] } = await new APIGatewayClient(cloud.config()).send(
      new GetApiKeysCommand({ includeValues: true }),
    )
    return items[0]?.value ?? ''
  }
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    ask(`${addressOf(cloud, 'BookstoreUrl')}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    key,
    get: (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers),
    /** With the key of the writers, or with another. */
    write: async (method: string, path: string, body?: unknown, given?: string) =>
      call(method, path, body, { 'x-api-key': given ?? (await key()) }),
    call,
  }
}

describe('the bookstore on the local cloud', () => {
  const cloud = withCloud({ chapter: '03' })
  const { get, write, call } = bookstoreOf(cloud)
  const store = (id: string, more: Record<string, unknown> = {}) =>
    DynamoDBDocumentClient.from(new DynamoDBClient(cloud.config())).send(
      new PutCommand({ TableName: 'Books', Item: { shelf: 'books', id, title: `Book ${id}`, author: 'A', ...more } }),
    )

  it('creates a book, gives it, changes it and deletes it (table 3.2)', async () => {
    const created = await write('POST', '/books', BOOK)
    const { id } = created.json() as { id: string }
    const given = await get(`/books/${id}`)
    const changed = await write('PUT', `/books/${id}`, { ...BOOK, year: 1970 })
    const again = await get(`/books/${id}`)
    const deleted = await write('DELETE', `/books/${id}`)
    const gone = await get(`/books/${id}`)
    const twice = await write('DELETE', `/books/${id}`)

    expect(created.status, told(cloud)).to.equal(201)
    expect(created.headers.get('location')).to.equal(`/prod/books/${id}`)
    expect(given.status).to.equal(200)
    expect(given.json()).to.deep.equal({ id, ...BOOK })
    expect(changed.status).to.equal(200)
    expect(again.json()).to.deep.equal({ id, ...BOOK, year: 1970 })
    expect([deleted.status, deleted.text]).to.deep.equal([204, ''])
    expect(gone.status).to.equal(404)
    expect(gone.json()).to.deep.equal({ message: `There is no book ${id}` })
    expect(twice.status).to.equal(204)
  })

  it('creates a book under an id that is given', async () => {
    const created = await write('PUT', '/books/7', BOOK)

    expect(created.status).to.equal(201)
    expect((await get('/books/7')).json()).to.deep.equal({ id: '7', ...BOOK })
    await write('DELETE', '/books/7')
  })

  it('keeps any title unharmed', async () => {
    for (const title of ['"quotes" \\ \'', 'two\nlines', 'Zoë 🎉', 'x'.repeat(10_240)]) {
      await write('PUT', '/books/title', { title, author: title })

      expect((await get('/books/title')).json()).to.deep.equal({ id: 'title', title, author: title })
    }
    await write('DELETE', '/books/title')
  })

  describe('its pages', () => {
    const ids = Array.from({ length: 25 }, (_, n) => `b${String(n).padStart(2, '0')}`)
    before(async () => {
      for (const id of ids) await store(id)
    })
    const page = async (query = '') => {
      const answer = await get(`/books${query}`)
      expect(answer.status, answer.text).to.equal(200)
      return answer.json() as { books: { id: string }[]; next?: string }
    }

    for (const limit of [1, 5, 7, 10, 24, 25, 100])
      it(`of ${limit} hold every book once, in order`, async () => {
        const found: string[] = []
        let next: string | undefined
        do {
          const { books, next: further } = await page(`?limit=${limit}${next ? `&from=${next}` : ''}`)
          expect(books.length).to.be.at.most(limit)
          found.push(...books.map(({ id }) => id))
          next = further
        } while (next)

        expect(found).to.deep.equal(ids)
      })

    it('hold ten books unless asked otherwise', async () => {
      const { books, next } = await page()

      expect(books).to.have.length(10)
      expect(books[0]).to.deep.equal({ id: 'b00', title: 'Book b00', author: 'A' })
      expect(next).to.equal('b10')
    })

    it('go on where they should when the next book was deleted meanwhile', async () => {
      const { next } = await page('?limit=5')
      await write('DELETE', `/books/${next}`)

      const { books } = await page(`?limit=1&from=${next}`)

      expect(books[0]?.id).to.equal('b06')
      await store(next ?? '')
    })

    it('may be asked from anywhere, and say so when there is nothing', async () => {
      expect(await page('?from=zzz')).to.deep.equal({ books: [] })
      expect((await page('?from=a&limit=1')).books[0]?.id).to.equal('b00')
    })

    for (const from of ['', '{"id":{"S":"b03"}}', '../b03', `b${'0'.repeat(64)}`, "b03' OR 1", 'é'])
      it(`refuse to begin with ${JSON.stringify(from).slice(0, 30)}`, async () => {
        const answer = await get(`/books?from=${encodeURIComponent(from)}`)

        expect(answer.status).to.equal(400)
        expect(answer.json()).to.deep.equal({ message: 'from must be the id of a book' })
      })

    for (const limit of ['', '0', '101', '-1', '1.5', 'many', '1e1', '٣'])
      it(`refuse the limit "${limit}"`, async () => {
        const answer = await get(`/books?limit=${encodeURIComponent(limit)}`)

        expect(answer.status).to.equal(400)
        expect(answer.json()).to.deep.equal({ message: 'limit must be a number from 1 to 100' })
      })

    it('hold books that fill more than one page of DynamoDB', async () => {
      for (const id of ids) await store(id, { title: 'x'.repeat(100_000) })

      const { books, next } = await page('?limit=25')

      expect(books.map(({ id }) => id)).to.deep.equal(ids)
      expect(next).to.equal(undefined)
    })
  })

  describe('its model', () => {
    for (const [what, body, reason] of [
      ['no title', { author: 'A' }, /title/],
      ['a blank title', { title: ' ', author: 'A' }, /regex.*input string " "/],
      ['an author that is no text', { title: 'T', author: 5 }, /author|string/],
      ['an ISBN that is none', { ...BOOK, isbn: '12' }, /regex.*input string "12"/],
      ['a year in quotes', { ...BOOK, year: '1969' }, /year|integer/],
      ['a field too many', { ...BOOK, id: '5' }, /id|additional/],
      ['a list', [BOOK], /array|object/],
    ] as const)
      for (const [method, path] of [
        ['POST', '/books'],
        ['PUT', '/books/5'],
      ] as const)
        it(`lets no ${method} through with ${what}, and says why`, async () => {
          const before = cloud.lines.length

          const answer = await write(method, path, body)

          expect(answer.status).to.equal(400)
          expect(answer.text).to.match(/^Invalid request body: /)
          expect(answer.text).to.match(reason)
          expect(answer.type).to.equal('text/plain')
          expect(cloud.lines.length, 'the function is not called').to.equal(before)
        })

    it('lets nothing through that is no JSON', async () => {
      expect((await write('POST', '/books', '{"title":')).status).to.equal(400)
    })

    it('does not look at another type: the function does', async () => {
      const answer = await ask(`${addressOf(cloud, 'BookstoreUrl')}/books`, {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain', 'x-api-key': await bookstoreOf(cloud).key() },
        body: '{"author":"A"}',
      })

      expect(answer.status).to.equal(400)
      expect(answer.json()).to.deep.equal({ message: 'title must be a text that is not blank' })
    })
  })

  for (const [method, path, body] of [
    ['POST', '/books', BOOK],
    ['PUT', '/books/5', BOOK],
    ['DELETE', '/books/5', undefined],
  ] as const)
    it(`wants a key for ${method}`, async () => {
      const none = await call(method, path, body)
      const unknown = await write(method, path, body, 'x'.repeat(40))

      for (const answer of [none, unknown]) {
        expect(answer.status).to.equal(403)
        expect(answer.json()).to.deep.equal({ message: 'Forbidden' })
        expect(answer.headers.get('x-amzn-errortype')).to.equal('ForbiddenException')
      }
    })

  describe('/admin/stats', () => {
    it('counts for the administrator', async () => {
      await store('b00', { author: 'B' })

      const answer = await get('/admin/stats', { Authorization: 'Bearer open-sesame' })

      expect(answer.status).to.equal(200)
      expect(answer.json()).to.deep.equal({ books: 25, authors: 2, askedBy: 'admin' })
    })

    for (const [what, headers] of [
      ['no token', {}],
      ['another token', { Authorization: 'Bearer open-barley' }],
      ['a token of another form', { Authorization: 'open-sesame' }],
    ] as const)
      it(`refuses ${what}`, async () => {
        const answer = await get('/admin/stats', headers)

        expect(answer.status).to.equal(401)
        expect(answer.json()).to.deep.equal({ message: 'Unauthorized' })
      })

    it('asks the authorizer once for each token', async () => {
      const asked = () => cloud.lines.filter((line) => /^AdminAuthorizer: START/.test(line)).length
      await get('/admin/stats', { Authorization: 'Bearer open-sesame' })
      const before = asked()

      await get('/admin/stats', { Authorization: 'Bearer open-sesame' })
      await get('/admin/stats', { Authorization: 'open-sesame' })

      expect(asked(), 'kept, or not of the form that is asked for').to.equal(before)
    })
  })

  it('logs no token and no key', async () => {
    await get('/admin/stats', { Authorization: 'Bearer open-barley' })

    expect(told(cloud)).not.to.match(/open-sesame|open-barley/)
    expect(told(cloud)).not.to.contain(await bookstoreOf(cloud).key())
  })
})

describe('the bookstore at another stage, with a small quota', () => {
  const cloud = withCloud({
    chapter: '03',
    change: (template) =>
      template
        .replace('    Default: prod\n', '    Default: test\n')
        .replace('        Limit: 1000\n', '        Limit: 2\n'),
  })
  const { write, get } = bookstoreOf(cloud)

  it('has the stage in its paths (table 3.2)', async () => {
    const created = await write('POST', '/books', BOOK)

    expect(addressOf(cloud, 'BookstoreUrl')).to.contain('/test/')
    expect(created.headers.get('location')).to.match(/^\/test\/books\//)
  })

  it('says when a key has used up its quota; who needs no key goes on', async () => {
    await write('POST', '/books', BOOK)

    const over = await write('POST', '/books', BOOK)

    expect(over.status).to.equal(429)
    expect(over.json()).to.deep.equal({ message: 'Limit Exceeded' })
    expect((await get('/books')).status).to.equal(200)
  })

  it('asks it again the next day', async () => {
    // What is no book: functions live by the machine's clock, and would be refused by the cloud of tomorrow.
    const today = await write('POST', '/books', {})
    cloud.clock.advance(24 * 3600 * 1000)
    const tomorrow = await write('POST', '/books', {})

    expect([today.status, tomorrow.status]).to.deep.equal([429, 400])
  })
})

describe('the bookstore when its key writes too fast', () => {
  const cloud = withCloud({
    chapter: '03',
    change: (template) =>
      template.replace(
        '        RateLimit: 10\n        BurstLimit: 20\n',
        '        RateLimit: 0.01\n        BurstLimit: 2\n',
      ),
  })
  const { write } = bookstoreOf(cloud)

  it('says so', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 4; n++) statuses.push((await write('DELETE', '/books/5')).status)

    expect(statuses).to.deep.equal([204, 204, 429, 429])
  })
})

describe('the bookstore with a cache', () => {
  const cloud = withCloud({
    chapter: '03',
    change: (template) => template.replace("    Default: 'false'\n", "    Default: 'true'\n"),
  })
  const { get, write } = bookstoreOf(cloud)

  it('keeps lists for a minute, each range its own, and nothing else', async () => {
    await write('PUT', '/books/1', BOOK)
    const first = await get('/books?limit=5')
    await write('PUT', '/books/2', BOOK)

    const kept = await get('/books?limit=5')
    const other = await get('/books?limit=6')
    const book = await get('/books/2')
    cloud.clock.advance(61_000)
    const later = await get('/books?limit=5')

    const idsOf = ({ json }: typeof first) => (json() as { books: { id: string }[] }).books.map(({ id }) => id)
    expect(idsOf(first)).to.deep.equal(['1'])
    expect(idsOf(kept)).to.deep.equal(['1'])
    expect(idsOf(other)).to.deep.equal(['1', '2'])
    expect(book.status).to.equal(200)
    expect(idsOf(later)).to.deep.equal(['1', '2'])
  })
})
