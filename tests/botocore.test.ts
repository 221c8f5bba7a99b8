import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import fc from 'fast-check'
import { ServiceError } from '../local/base/errors.ts'
import { EVENT_STREAMS, FILLED, sdkOf, services, structures, withoutBucket } from '../local/wire/fixture.ts'
import { match } from '../local/wire/match.ts'
import { read } from '../local/wire/read.ts'
import { refuse } from '../local/wire/refuse.ts'
import type { Structure } from '../local/wire/shapes.ts'
import type { ErrorModel, Model, Operation, RequestHead, WireResponse } from '../local/wire/types.ts'
import { write } from '../local/wire/write.ts'
import { pythonTools } from './tools/python.ts'

type Values = Record<string, unknown>

/** What the Python client reports of a call; see tools/botocore_client.py. */
interface Report {
  skipped?: string
  failed?: string
  sent: Values
  received?: Values
  given?: Values
  refused?: { code: string; message: string; status: number; requestId: string; fields: Values }
}

/** `WIRE_RUNS=100 WIRE_SEED=…` for long runs. */
const runs = Number(process.env.WIRE_RUNS ?? 1)
const seed = Number(process.env.WIRE_SEED ?? 3)

/** Operations that do not come through, and why. */
const EXCEPTIONS: Record<string, string> = {
  ListDirectoryBuckets: 'botocore asks for it as for ListBuckets, on a host of its own',
  GetLogObject: 'botocore waits for the first event of the stream',
  StartLiveTail: 'botocore waits for the first event of the stream',
}
/** Members that botocore changes on their way: it encodes the source of a copy once more. */
const CHANGED = new Set(['CopySource'])

const sdks = await Promise.all(services.map(sdkOf))

describe('wire, through botocore', function () {
  this.timeout(60_000)
  let server: Server
  let python: ChildProcessWithoutNullStreams
  let reports: AsyncIterator<string>
  const skips: string[] = []
  /** How the server answers the next request. */
  let answer: (head: RequestHead, body: Uint8Array) => Promise<WireResponse>

  before(async function () {
    const tools = pythonTools()
    if (!tools) return this.skip()
    server = createServer(async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Uint8Array>))
      try {
        const { status, headers, body: given } = await answer(headOf(request), body)
        response.writeHead(status, headers).end(given)
      } catch (error) {
        response.writeHead(500).end(String(error))
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const script = join(import.meta.dirname, 'tools', 'botocore_client.py')
    python = spawn(join(tools, 'python'), [script, url])
    python.stderr.pipe(process.stderr)
    reports = createInterface(python.stdout)[Symbol.asyncIterator]()
  })
  after(() => {
    if (skips.length > 0) console.log(`    not known to botocore: ${skips.join(', ')}`)
    python?.kill()
    server?.close()
  })

  /** Lets the Python client call an operation, whose request `how` answers. */
  const call = async (service: string, operation: string, input: Values, output: Values, how: typeof answer) => {
    answer = how
    python.stdin.write(`${JSON.stringify({ service, operation, input: encoded(input), output: encoded(output) })}\n`)
    const { value, done } = await reports.next()
    if (done) throw new Error('the Python client has ended')
    const report: Report = JSON.parse(value)
    if (report.failed !== undefined) throw new Error(report.failed)
    return report
  }

  /** What the client sends is what an operation gets; what an operation gives is what the client receives. */
  const carries = async (model: Model, operation: Operation, input: Values, output: Values): Promise<Report> => {
    const seen: { operation?: string; input: Values } = { input: {} }
    const report = await call(model.name, operation.name, input, output, async (given, body) => {
      const head = model.name === 's3' ? withoutBucket(given) : given
      const form = model.protocol === 'query' ? new URLSearchParams(Buffer.from(body).toString()) : undefined
      const matched = match(model, head, form)
      if (!matched) throw new Error(`no operation for ${head.method} ${head.path}?${head.query}`)
      seen.operation = matched.operation.name
      seen.input = await read(model, matched, head, body)
      return write(model, operation, output, 'request-1')
    })
    if (report.skipped !== undefined) return report

    expect(report.refused).to.equal(undefined)
    expect(seen.operation).to.equal(operation.name)
    for (const name of Object.keys(seen.input))
      if (CHANGED.has(name)) seen.input[name] = report.sent[name]
      else if (FILLED.test(name) && !(name in report.sent)) delete seen.input[name]
    expect(comparable(encoded(seen.input))).to.deep.equal(comparable(report.sent))
    if (!EVENT_STREAMS.has(operation.name)) expect(comparable(report.received)).to.deep.equal(comparable(report.given))
    return report
  }

  const refuses = async (model: Model, { name, code, status }: ErrorModel, fields: Values): Promise<Report> => {
    const [operation] = model.operations.values()
    const { input, name: called } = operation as Operation
    const error = new ServiceError(code, `<message> of ${name}`, fields)
    const report = await call(model.name, called, sample(model, input, 'input', 0), {}, async () =>
      refuse(model, error, 'request-1'),
    )
    if (report.skipped !== undefined) return report

    const { fields: received = {}, ...refused } = report.refused ?? {}
    const byCode = model.protocol === 'query' || model.protocol === 'restXml' || model.name === 'sqs'
    expect(refused).to.deep.equal({
      code: byCode ? code : name,
      message: error.message,
      status,
      requestId: 'request-1',
    })
    expect(received).to.deep.include(comparable(encoded(fields)) as Values)
    return report
  }

  for (const { model } of sdks)
    describe(model.name, () => {
      for (const operation of model.operations.values())
        if (!(operation.name in EXCEPTIONS))
          it(operation.name, async () => {
            for (let run = 0; run < runs; run++) {
              const input = sample(model, operation.input, 'input', run)
              const output = givable(sample(model, operation.output, 'output', run))
              const { skipped } = await carries(model, operation, input, output)
              if (skipped !== undefined) return void skips.push(`${model.name} ${operation.name}`)
            }
          })
      for (const error of new Set(model.errors.values()))
        it(`error ${error.name}`, async () => {
          for (let run = 0; run < runs; run++) {
            const { message: _, Message: __, Type: ___, ...fields } = sample(model, error.shape, 'output', run)
            await refuses(model, error, givable(fields))
          }
        })
    })
})

const sample = (model: Model, shape: Structure | undefined, side: 'input' | 'output', run: number): Values =>
  shape ? (fc.sample(structures(model, shape, side), { numRuns: 1, seed: seed + run })[0] as Values) : {}

/** What botocore can take: whole numbers, for most of its models' numbers are, and a length that is the body's. */
const givable = (output: Values): Values => {
  const whole = wholeNumbers(output) as Values
  if (!('ContentLength' in whole)) return whole
  const body = Object.values(whole).find((one) => one instanceof Uint8Array)
  return { ...whole, ContentLength: body instanceof Uint8Array ? body.length : 5 }
}

const wholeNumbers = (value: unknown): unknown => {
  if (typeof value === 'number') return Math.trunc(value) + 0
  if (Array.isArray(value)) return value.map(wholeNumbers)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, wholeNumbers(one)]))
}

const headOf = ({ method = '', url = '', rawHeaders }: IncomingMessage): RequestHead => {
  const [path = '', search = ''] = url.split('?')
  const headers: Record<string, string> = {}
  for (let i = 0; i < rawHeaders.length; i += 2)
    headers[(rawHeaders[i] as string).toLowerCase()] = rawHeaders[i + 1] as string
  return { method, path, query: new URLSearchParams(search), headers }
}

/** Values as JSON, as the Python client writes them. */
const encoded = (value: unknown): unknown => {
  if (value instanceof Date) return { $date: value.getTime() }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(encoded)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(entries.map(([name, one]) => [name, encoded(one)]))
}

/** botocore makes a null of a location that is not there; some members are texts in one model and numbers in the other. */
const comparable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([name, one]) => [name, name.endsWith('PartNumberMarker') ? String(one) : comparable(one)]),
  )
}
