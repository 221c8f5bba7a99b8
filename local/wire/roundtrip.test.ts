import { expect } from 'chai'
import fc from 'fast-check'
import { ServiceError } from '../base/errors.ts'
import { EVENT_STREAMS, FILLED, type Sdk, sdkOf, services, structures } from './fixture.ts'
import { match } from './match.ts'
import { read } from './read.ts'
import { refuse } from './refuse.ts'
import type { ErrorModel, Operation } from './types.ts'
import { write } from './write.ts'

type Values = Record<string, unknown>

/** `WIRE_RUNS=500 WIRE_SEED=…` for long runs. */
const parameters = { numRuns: Number(process.env.WIRE_RUNS ?? 3), seed: Number(process.env.WIRE_SEED ?? 5) }

for (const service of services) {
  const sdk = await sdkOf(service)
  const { model } = sdk
  describe(`wire of ${service.name}, through the SDK's client`, () => {
    for (const operation of model.operations.values())
      it(operation.name, () => {
        const { input, output } = operation
        return fc.assert(
          fc.asyncProperty(
            input ? structures(model, input, 'input') : fc.constant({}),
            output ? structures(model, output, 'output') : fc.constant({}),
            (sent, given) => carries(sdk, operation, sent, given),
          ),
          parameters,
        )
      })

    for (const error of new Set(model.errors.values()))
      it(`error ${error.name}`, () => {
        const fields = structures(model, error.shape, 'output').map(
          ({ message: _, Message: __, Type: ___, ...rest }) => rest,
        )
        return fc.assert(
          fc.asyncProperty(fields, fc.string({ minLength: 1 }), (given, message) =>
            refuses(sdk, error, given, message.trim() || 'x'),
          ),
          parameters,
        )
      })
  })
}

/** What the client sends is what an operation gets; what an operation gives is what the client receives. */
const carries = async (sdk: Sdk, operation: Operation, sent: Values, output: Values) => {
  const { model } = sdk
  const seen: { operation?: string; input: Values } = { input: {} }
  const { $metadata, ...received } = await sdk.send(operation.name, sent, async (head, body) => {
    const form = model.protocol === 'query' ? new URLSearchParams(Buffer.from(body).toString()) : undefined
    const matched = match(model, head, form)
    if (!matched) throw new Error(`no operation for ${head.method} ${head.path}?${head.query}`)
    seen.operation = matched.operation.name
    seen.input = await read(model, matched, head, body)
    return write(model, operation, output, 'request-1')
  })

  expect(seen.operation).to.equal(operation.name)
  for (const name of Object.keys(seen.input)) if (FILLED.test(name) && !(name in sent)) delete seen.input[name]
  expect(await plain(seen.input)).to.deep.equal(await plain(sent))
  if (!EVENT_STREAMS.has(operation.name)) expect(await plain(received)).to.deep.equal(await plain(output))
}

const refuses = async (sdk: Sdk, error: ErrorModel, fields: Values, message: string) => {
  const { model } = sdk
  const [operation] = model.operations.values()
  const { input } = operation as Operation
  const [sent = {}] = input ? fc.sample(structures(model, input, 'input'), { numRuns: 1, seed: 1 }) : []
  const answer = async () => refuse(model, new ServiceError(error.code, message, fields), 'request-1')

  const caught = await sdk.send((operation as Operation).name, sent, answer).then(
    () => undefined,
    (thrown) => thrown,
  )

  expect(caught).to.be.instanceOf(Error)
  expect(caught.message).to.equal(message)
  expect(caught.$metadata).to.include({ httpStatusCode: error.status, requestId: 'request-1' })
  expect(caught.name).to.equal(error.name)
  const received = Object.fromEntries(Object.keys(fields).map((name) => [name, caught[name]]))
  expect(await plain(received)).to.deep.equal(await plain(fields))
}

/** Values as chai compares them: bytes as numbers, streams read, objects without what is undefined. */
const plain = async (value: unknown): Promise<unknown> => {
  if (value instanceof Uint8Array) return [...value]
  if (value instanceof Date || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Promise.all(value.map(plain))
  if ('transformToByteArray' in value)
    return [...(await (value as { transformToByteArray(): Promise<Uint8Array> }).transformToByteArray())]
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(await Promise.all(entries.map(async ([name, one]) => [name, await plain(one)])))
}
