import { Session } from 'node:inspector/promises'
import { parentPort } from 'node:worker_threads'

/**
 * Tells how the work of reading grows with the size of a request, 1 being in proportion. Work is how often the wire's
 * blocks of code run, which no other load on the machine changes. Only what is loaded after counting began is counted:
 * hence a thread of its own, and the imports below.
 */
const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

const { modelNamed } = await import('./fixture.ts')
const { growing } = await import('./growth.ts')
const { match } = await import('./match.ts')
const { read } = await import('./read.ts')

const work = async ({ service, head, body }: (typeof growing)[number], size: number): Promise<number> => {
  const model = await modelNamed(service)
  const text = body(size)
  await session.post('Profiler.takePreciseCoverage')
  const matched = match(model, head, service === 'dynamodb' || service === 's3' ? undefined : new URLSearchParams(text))
  if (!matched) throw new Error('no operation')
  await read(model, matched, head, Buffer.from(text)).catch(() => {})
  const { result } = await session.post('Profiler.takePreciseCoverage')
  return result
    .filter(({ url }) => url.includes('/local/wire/'))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)))
    .reduce((sum, count) => sum + count, 0)
}

const growth: Record<string, number> = {}
for (const one of growing) {
  // The shapes are made at the first request.
  await work(one, 1)
  growth[one.name] = Math.log2((await work(one, 4000)) / (await work(one, 500))) / 3
}
parentPort?.postMessage(growth)
