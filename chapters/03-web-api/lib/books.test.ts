import { expect } from 'chai'
import { Refusal } from './answers.ts'

process.env.TABLE ??= 'Books'
const { bookIn, idOf } = await import('./books.ts')

const refusal = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    expect(error).to.be.instanceOf(Refusal)
    expect((error as Refusal).status).to.equal(400)
    return (error as Error).message
  }
  throw new Error('it was not refused')
}

describe('bookIn', () => {
  const book = { title: 'The Dispossessed', author: 'Ursula K. Le Guin' }

  for (const more of [
    {},
    { isbn: '0-06-051275-X' },
    { isbn: '9780060512750' },
    { isbn: '978-0-06-051275-0' },
    { year: 0 },
    { year: 1974, isbn: '006051275X' },
    { title: '"quotes" \\ \n 🎉' },
    { title: 'x'.repeat(12_000) },
  ])
    it(`takes ${JSON.stringify(more).slice(0, 60)}`, () => {
      expect(bookIn({ ...book, ...more })).to.deep.equal({ ...book, ...more })
    })

  for (const [body, message] of [
    [null, 'A book is a JSON object'],
    [[book], 'A book is a JSON object'],
    ['book', 'A book is a JSON object'],
    [{ author: 'a' }, 'title must be a text that is not blank'],
    [{ ...book, title: ' \n' }, 'title must be a text that is not blank'],
    [{ ...book, author: 5 }, 'author must be a text that is not blank'],
    [{ ...book, title: 'x'.repeat(12_001) }, 'title has more than 12000 characters'],
    [{ ...book, isbn: '' }, 'isbn must have 10 or 13 digits, with or without hyphens'],
    [{ ...book, isbn: 441478125 }, 'isbn must have 10 or 13 digits, with or without hyphens'],
    [{ ...book, isbn: '0--06-051275-X' }, 'isbn must have 10 or 13 digits, with or without hyphens'],
    [{ ...book, isbn: '12345678901' }, 'isbn must have 10 or 13 digits, with or without hyphens'],
    [{ ...book, isbn: null }, 'isbn must have 10 or 13 digits, with or without hyphens'],
    [{ ...book, year: '1974' }, 'year must be a whole number from 0 to 9999'],
    [{ ...book, year: 1974.5 }, 'year must be a whole number from 0 to 9999'],
    [{ ...book, year: -1 }, 'year must be a whole number from 0 to 9999'],
    [{ ...book, shelf: 'other' }, 'A book has no field "shelf"'],
    [{ ...book, id: '5' }, 'A book has no field "id"'],
    [JSON.parse('{"title":"a","author":"b","__proto__":{}}'), 'A book has no field "__proto__"'],
  ] as const)
    it(`refuses ${JSON.stringify(body).slice(0, 80)}`, () => {
      expect(refusal(() => bookIn(body))).to.equal(message)
    })
})

describe('idOf', () => {
  for (const id of ['5', 'a', '9780060512750', '0f8fad5b-d9cb-469f-a165-70867728950e', 'x'.repeat(64)])
    it(`takes ${id}`, () => {
      expect(idOf({ id })).to.equal(id)
    })

  for (const parameters of [null, {}, { id: '' }, { id: '../5' }, { id: '-5' }, { id: 'x'.repeat(65) }, { id: 'é' }])
    it(`refuses ${JSON.stringify(parameters)}`, () => {
      expect(refusal(() => idOf(parameters))).to.match(/^An id has 1 to 64 letters/)
    })
})
