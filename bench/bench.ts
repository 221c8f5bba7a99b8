/**
 * `npm run bench [-- --quick | --start | --bundles]`: what the local cloud takes, each figure beside a peer's of the same run,
 * measured in turns. Prints the table and writes it to RESULTS.md; not with `--quick`, which takes few rounds, nor with
 * `--start`, which measures the start alone, in many, or `--bundles`, which measures them alone.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { bundleRows } from './bundles.ts'
import { type Clients, clientsOf, GREETINGS, greet, rawGreet, together } from './calls.ts'
import { NOT_INSTALLED, type Server, startCloud, startDynalite, startFloor, startMiniStack, stopAll } from './clouds.ts'
import { compare, figuresOf, timed } from './figures.ts'
import { loginRows } from './login.ts'
import { mediaRows } from './media.ts'
import { furnish } from './peer.ts'
import { pictureRows } from './pictures.ts'
import { report } from './report.ts'
import { memoryOf, met, type Row, row, table } from './results.ts'
import { getItem, getObject, prepareBucket, prepareTable, putItem, putObject, query, thumbnailed } from './services.ts'

const quick = process.argv.includes('--quick')
const onlyStart = process.argv.includes('--start')
const onlyBundles = process.argv.includes('--bundles')
const rounds = (n: number) => (quick ? Math.min(3, n) : n)
const MB = 1024 * 1024
const large = quick ? 10 : 100
/** Calls before the first that counts: V8 compiles what runs often, some of it after thousands of calls. */
const WARM = quick ? 500 : 6_000
/** As above, of those that are done beside MiniStack. */
const SOON_WARM = quick ? 200 : 1_500
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const rows: Row[] = []
const add = (one: Row) => {
  rows.push(one)
  console.error(
    `${one.what}: ${one.ours.median.toFixed(2)} ${one.unit}, ${one.ratio?.median.toFixed(2) ?? '-'} × ${one.by}`,
  )
}

/** A figure of ours beside MiniStack's, or that of another peer: at most as much is wanted. */
const beside = async (
  what: string,
  times: number,
  each: number,
  servers: { ours: Clients; mini?: Clients },
  run: (clients: Clients, n: number) => Promise<unknown>,
  by = 'MiniStack',
) => {
  const { ours, mini } = servers
  let n = 0
  let m = 0
  if (!mini)
    return add({ what, unit: 'ms', by: NOT_INSTALLED, ours: figuresOf(await timed(times * each, (i) => run(ours, i))) })
  const compared = await compare(
    times,
    () => timed(each, () => run(ours, n++)),
    () => timed(each, () => run(mini, m++)),
  )
  add(row(what, 'ms', by, compared, { most: 1, of: 'ratio' }))
}

const starts = async () => {
  const start = async (server: () => Promise<Server | undefined>) => {
    let started: Server | undefined
    const times = await timed(1, async () => {
      started = await server()
    })
    await started?.stop()
    return started ? times : []
  }
  // The first one fills the caches: of compiled code, which is written once it is ready, and of the file system.
  const first = await startCloud()
  await wait(2000)
  await first.stop()
  const what = 'start to ready, every chapter, new state'
  const compared = await compare(
    rounds(onlyStart ? 25 : 7),
    () => start(startCloud),
    () => start(startMiniStack),
  )
  if (Number.isNaN(compared.peer.median)) add({ what, unit: 'ms', by: NOT_INSTALLED, ours: compared.ours })
  else add(row(what, 'ms', 'MiniStack, with nothing deployed', compared, { most: 1, of: 'ratio' }))
}

const warm = async (cloud: Server, floor: Server, servers: { ours: Clients; mini?: Clients }) => {
  const { ours } = servers
  const constant = clientsOf(floor.url)
  for (const clients of [ours, constant]) await timed(WARM, () => greet(clients))
  const sdk = await compare(
    rounds(10),
    () => timed(200, () => greet(ours)),
    () => timed(200, () => greet(constant)),
  )
  const by = 'the floor: a constant answer'
  add(row('warm Invoke through the SDK', 'ms', by, sdk, { most: 1.6, of: 'ratio' }))

  const [raw, rawFloor] = [await rawGreet(cloud.url), await rawGreet(floor.url)]
  for (const call of [raw, rawFloor]) await timed(WARM, call)
  const http = await compare(
    rounds(10),
    () => timed(200, raw),
    () => timed(200, rawFloor),
  )
  add(row('warm Invoke, raw signed HTTP', 'ms', by, http, { most: 2.5, of: 'ratio' }))

  if (servers.mini) await timed(3, () => greet(servers.mini as Clients))
  await beside('warm Invoke through the SDK', rounds(8), 10, servers, greet)

  const cold = await compare(
    rounds(12),
    async (round) => {
      // Another configuration ends the environments of the function.
      const Timeout = 3 + (round % 2)
      await ours.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: GREETINGS, Timeout }))
      await wait(300)
      return timed(1, () => greet(ours))
    },
    () => timed(10, () => greet(constant)),
  )
  add(row('cold Invoke through the SDK', 'ms', by, cold, { most: 40, of: 'difference' }))
}

const crowd = async (floor: Server, { ours, mini }: { ours: Clients; mini?: Clients }) => {
  const constant = clientsOf(floor.url)
  const run = (clients: Clients, times: number) => () => together(32, times, () => greet(clients))
  await run(ours, 320)()
  await run(constant, 320)()
  const what = '32 callers at once: Invoke through the SDK, each'
  const compared = await compare(rounds(5), run(ours, 640), run(constant, 640))
  add(row(what, 'ms', 'the floor: a constant answer', compared))
  if (!mini) return
  await run(mini, 64)()
  add(row(what, 'ms', 'MiniStack', await compare(rounds(3), run(ours, 320), run(mini, 96)), { most: 1, of: 'ratio' }))
}

const services = async (servers: { ours: Clients; mini?: Clients }) => {
  const all = [servers.ours, ...(servers.mini ? [servers.mini] : [])]
  for (const clients of all) await prepareBucket(clients)
  // The first dozen runs while V8 still compiles.
  for (const clients of all) await timed(quick ? 3 : 15, () => thumbnailed(clients))
  await beside('upload of a picture to the item of its thumbnail', rounds(8), 3, servers, async (clients) =>
    thumbnailed(clients),
  )

  const small = new Uint8Array(1024).fill(7)
  const big = new Uint8Array(large * MB).fill(7)
  for (const clients of all)
    await timed(SOON_WARM, async (n) => {
      await putObject(clients, `small/${n % 50}`, small)
      await getObject(clients, `small/${n % 50}`, 1024)
    })
  await beside('S3 put of 1 KB', rounds(8), 50, servers, (clients, n) => putObject(clients, `small/${n % 50}`, small))
  await beside('S3 get of 1 KB', rounds(8), 50, servers, (clients, n) => getObject(clients, `small/${n % 50}`, 1024))
  for (const clients of all) await timed(2, () => putObject(clients, 'large', big))
  await beside(`S3 put of ${large} MB`, rounds(10), 1, servers, (clients) => putObject(clients, 'large', big))
  await beside(`S3 get of ${large} MB`, rounds(10), 1, servers, (clients) => getObject(clients, 'large', big.length))

  await tables(servers)
}

const tables = async (servers: { ours: Clients; mini?: Clients }) => {
  const dynalite = clientsOf((await startDynalite()).url)
  for (const clients of [servers.ours, dynalite, ...(servers.mini ? [servers.mini] : [])]) {
    await prepareTable(clients)
    await timed(SOON_WARM, (n) => putItem(clients, n % 200))
    await timed(SOON_WARM, (n) => getItem(clients, n % 200))
    await timed(SOON_WARM, () => query(clients, 0))
  }
  for (const [peers, by] of [
    [servers, 'MiniStack'],
    [{ ours: servers.ours, mini: dynalite }, 'dynalite'],
  ] as const) {
    await beside('DynamoDB put', rounds(8), 50, peers, (clients, n) => putItem(clients, n % 200), by)
    await beside('DynamoDB get', rounds(8), 50, peers, (clients, n) => getItem(clients, n % 200), by)
    await beside('DynamoDB query of 10 items', rounds(8), 50, peers, query, by)
  }
}

const exactly = (value: number) => figuresOf([value])

/** Memory of a cloud that has just started, then after many calls; the environments of functions are not part of it. */
const memory = async () => {
  const cloud = await startCloud()
  const mini = await startMiniStack()
  await wait(1000)
  const rest = memoryOf(cloud.pid).all
  if (mini) {
    const other = memoryOf(mini.pid).all
    const compared = { ours: exactly(rest), peer: exactly(other), ratio: exactly(rest / other) }
    add(row('memory at rest', 'MB', 'MiniStack', compared))
  } else add({ what: 'memory at rest', unit: 'MB', by: NOT_INSTALLED, ours: exactly(rest) })
  await mini?.stop()
  const clients = clientsOf(cloud.url)
  const calls = quick ? 1_000 : 10_000
  await together(4, calls, () => greet(clients))
  await wait(1000)
  const after = memoryOf(cloud.pid).own
  const compared = { ours: exactly(after), peer: exactly(rest), ratio: exactly(after / rest) }
  add(row(`memory after ${calls.toLocaleString('en')} calls`, 'MB', 'itself at rest', compared))
  await cloud.stop()
}

const began = performance.now()
const bundles = async () => {
  for (const one of await bundleRows(rounds(5))) add(one)
}
const measure = async () => {
  if (onlyBundles) return bundles()
  await starts()
  if (onlyStart) return
  await memory()
  const cloud = await startCloud()
  const floor = await startFloor()
  const peer = await startMiniStack()
  const mini = peer && clientsOf(peer.url)
  if (mini) await furnish(mini)
  const servers = { ours: clientsOf(cloud.url), ...(mini && { mini }) }
  await warm(cloud, floor, servers)
  await services(servers)
  await crowd(floor, servers)
  await stopAll()
  for await (const one of mediaRows(quick)) add(one)
  for (const one of await loginRows(rounds(8))) add(one)
  for (const one of await pictureRows(quick ? 5 : 15)) add(one)
  await bundles()
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopAll().then(() => process.exit(1)))
try {
  await measure()
} finally {
  await stopAll()
}
const text = report(rows, (performance.now() - began) / 1000)
console.log(onlyStart || onlyBundles ? table(rows) : text)
if (!quick && !onlyStart && !onlyBundles) writeFileSync(join(import.meta.dirname, 'RESULTS.md'), text)
const missed = rows.filter((one) => met(one) === false)
console.log(`${missed.length} of ${rows.filter((one) => one.target).length} figures are not what was wanted.`)
