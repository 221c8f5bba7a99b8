import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect } from 'chai'
import fc from 'fast-check'
import { ServiceError } from '../base/errors.ts'
import { requestLine, requestOf, sdkOf, services, structures } from './fixture.ts'
import { growing } from './growth.ts'
import { match } from './match.ts'
import { read } from './read.ts'
import { refuse } from './refuse.ts'
import type { Model, Operation, RequestHead } from './types.ts'

/** `WIRE_RUNS=10000 WIRE_SEED=…` for long runs. */
const parameters = { numRuns: Number(process.env.WIRE_RUNS ?? 100), seed: Number(process.env.WIRE_SEED ?? 11) }

/** Reads a request: that must give an input, no operation, or a refusal that AWS's clients understand. */
const survives = async (model: Model, head: RequestHead, body: Uint8Array) => {
  const form = model.protocol === 'query' ? new URLSearchParams(Buffer.from(body).toString()) : undefined
  try {
    const matched = match(model, head, form)
    if (matched) await read(model, matched, head, body)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const { status } = refuse(model, error, 'r')
    expect(status).to.be.within(400, 499)
  }
}

interface Edit {
  at: number
  cut: number
  insert: Uint8Array
}

/** What breaks parsers: their own signs, halves of them, numbers too large, bytes that are no text. */
const PIECES = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\u',
  '\\',
  '<',
  '</',
  '>',
  '/>',
  '<!--',
  '<![CDATA[',
  '&',
  ';',
  '&#x',
  '%',
  '%f',
  '=',
  '.',
  '.1',
  '.member',
  '\0',
  '1e999',
  '-',
  'null',
  '__proto__',
  ' ',
]

const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(8),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom(...PIECES).map((piece) => new Uint8Array(Buffer.from(piece))),
    ),
  }),
  { minLength: 1, maxLength: 4 },
)

const edited = (bytes: Uint8Array, changes: Edit[]): Uint8Array =>
  changes.reduce((now, { at, cut, insert }) => {
    const place = Math.floor(at * now.length)
    return Buffer.concat([now.subarray(0, place), insert, now.subarray(place + cut)])
  }, bytes)

const latin = (text: string, changes: Edit[]) =>
  Buffer.from(edited(Buffer.from(text, 'latin1'), changes)).toString('latin1')

/** A request with its path, query and headers changed too, as far as they get through a parser of HTTP. */
const editedHead = (head: RequestHead, changes: Edit[]): RequestHead => ({
  ...head,
  path: latin(head.path, changes).replaceAll(/[^!-~]/g, '') || '/',
  query: new URLSearchParams(latin(head.query.toString(), changes)),
  headers: Object.fromEntries(Object.entries(head.headers).map(([name, value]) => [name, latin(value, changes)])),
})

for (const service of services) {
  const sdk = await sdkOf(service)
  describe(`wire of ${service.name}, with broken requests`, () => {
    const operations = [...sdk.model.operations.values()].filter(({ input }) => input)

    it('answers changed requests of the client with a refusal, or takes them', () =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...operations),
          fc.nat(),
          edits,
          fc.boolean(),
          async ({ name, input }, seed, changes, whole) => {
            const [sent] = fc.sample(structures(sdk.model, input as NonNullable<Operation['input']>, 'input'), {
              numRuns: 1,
              seed,
            })
            const [head, body] = await requestOf(sdk, name, sent)

            await survives(sdk.model, whole ? editedHead(head, changes) : head, edited(body, changes))
          },
        ),
        parameters,
      ))

    it('answers bodies that have nothing to do with it with a refusal, or takes them', () =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...operations),
          fc.oneof(
            fc.jsonValue().map((value) => JSON.stringify(value)),
            fc.string({ unit: 'binary' }),
            fc.constantFrom('', ' ', '\ufeff{}'),
          ),
          async ({ name, route }, body) => {
            const path = (route?.path ?? '/').replaceAll(/\{\w+\+?\}/g, 'x')
            const query = (route?.literals ?? []).map(([key, value]) => `${key}=${value}`).join('&')
            const head = requestLine(
              `${route?.method ?? 'POST'} ${path}?${query}`,
              { 'x-amz-target': `x.${name}` },
              service.name === 's3' ? 'b' : undefined,
            )

            await survives(sdk.model, head, Buffer.from(service.protocol === 'query' ? `Action=${name}&${body}` : body))
          },
        ),
        parameters,
      ))
  })
}

describe('read, as requests grow', () => {
  let growth: Record<string, number>
  before(async () => {
    const worker = new Worker(new URL('growth.worker.ts', import.meta.url))
    ;[growth] = (await once(worker, 'message')) as [Record<string, number>]
  })

  for (const { name } of growing)
    it(`works in proportion: ${name}`, () => {
      expect(growth[name]).to.be.within(0, 1.1)
    })
})
