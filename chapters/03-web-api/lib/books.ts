import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { Refusal } from './answers.ts'
import { environment } from './environment.ts'

/** A book of the bookstore, as the API takes and gives it. */
export interface Book {
  title: string
  author: string
  isbn?: string
  year?: number
}

/** The table `Books` and the way to it. */
export const TABLE = environment('TABLE')
export const table = DynamoDBDocumentClient.from(new DynamoDBClient(), {
  marshallOptions: { removeUndefinedValues: true },
})

/**
 * All books stand on one shelf, in the order of their ids, so that a range of them is a query and not a scan of the
 * whole table. One shelf takes a thousand writes a second; a larger store has several.
 */
export const SHELF = 'books'

/** The key of a book's item. */
export const keyOf = (id: string) => ({ shelf: SHELF, id })

/** What the API gives of an item: its shelf is nobody's business. */
export const bookOf = ({ shelf, ...book }: Record<string, unknown>) => book

/** An id: of a new book, or one that a client chose, as `5` or an ISBN. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** The id in the path of a request. @throws Refusal 400 when it is none */
export const idOf = (parameters: Record<string, string | undefined> | null): string => {
  const id = parameters?.id ?? ''
  if (!ID.test(id)) throw new Refusal(400, 'An id has 1 to 64 letters, digits, dots, hyphens and underscores')
  return id
}

/** Whether a text can be the id of a book. */
export const isId = (text: string): boolean => ID.test(text)

/** The longest title or author, in characters. */
const LONGEST = 12_000
/** 10 or 13 digits, the last of 10 perhaps an X; the same pattern as in the API's model. */
const ISBN = /^(97[89]-?)?[0-9](-?[0-9]){8}-?[0-9X]$/

const FIELDS = ['title', 'author', 'isbn', 'year']

/**
 * The book in the body of a request. The API's own model asks for the same, before the function is called; who invokes
 * the function in another way comes past it.
 * @throws Refusal 400 that names the field
 */
export const bookIn = (body: unknown): Book => {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(400, 'A book is a JSON object')
  const unknown = Object.keys(body).find((field) => !FIELDS.includes(field))
  if (unknown !== undefined) throw new Refusal(400, `A book has no field ${JSON.stringify(unknown.slice(0, 100))}`)
  const { title, author, isbn, year } = body as Record<string, unknown>
  return {
    title: textIn(title, 'title'),
    author: textIn(author, 'author'),
    ...(isbn === undefined ? {} : { isbn: isbnIn(isbn) }),
    ...(year === undefined ? {} : { year: yearIn(year) }),
  }
}

const textIn = (value: unknown, field: string): string => {
  if (typeof value !== 'string' || value.trim() === '')
    throw new Refusal(400, `${field} must be a text that is not blank`)
  if (value.length > LONGEST) throw new Refusal(400, `${field} has more than ${LONGEST} characters`)
  return value
}

const isbnIn = (value: unknown): string => {
  if (typeof value !== 'string' || !ISBN.test(value))
    throw new Refusal(400, 'isbn must have 10 or 13 digits, with or without hyphens')
  return value
}

const yearIn = (value: unknown): number => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 9999)
    throw new Refusal(400, 'year must be a whole number from 0 to 9999')
  return value
}
