import { makeThumbnail } from '../chapters/05-standalone-functions/lib/thumbnail.ts'
import { keyOf, type Loaded, load, type Media, show } from '../tests/mediaLoad.ts'
import { picture } from '../tests/pictures.ts'
import { type Clients, clientsOf } from './calls.ts'
import { NOT_INSTALLED, type Server, startCloud, startMiniStack } from './clouds.ts'
import { type Compared, compare, type Figures, figuresOf, timed } from './figures.ts'
import { furnishMedia, MEDIA, MEDIA_CONTENT } from './peer.ts'
import { memoryOf, type Row, row } from './results.ts'

const USERS = 10
const PER_SECOND = 5
/** Far more than two processors can do: what comes too fast has to wait, and must not be lost. */
const TOO_FAST = 50
/** A peer that does not keep up takes ever longer: so many seconds say enough. */
const PEER_SECONDS = 10
/** Until what has to wait must be shown, ms. */
const PATIENCE = 300_000
const BOX = { width: 200, height: 200 }
const MOST_ABOVE = { most: 150, of: 'difference' } as const
/** The cloud keeps nothing of an upload in memory; V8 takes some room. */
const FLAT = { most: 1.25, of: 'ratio' } as const

const mediaOf = ({ s3, table }: Clients): Media => ({ s3, table, bucket: MEDIA, tableName: MEDIA_CONTENT })

/** The time within which 95 of 100 are done. */
const p95 = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b)
  return figuresOf([sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN])
}
const exactly = (ours: number, peer: number): Compared => ({
  ours: figuresOf([ours]),
  peer: figuresOf([peer]),
  ratio: figuresOf([ours / peer]),
})

/** One user, one upload after the other, beside the thumbnail alone and beside MiniStack. */
async function* oneUser(ours: Media, mini: Media | undefined, rounds: number): AsyncGenerator<Row> {
  const bytes = await picture('jpeg')
  const what = 'upload of a picture to its thumbnail in the index'
  let n = 0
  const times: number[] = []
  const shown = async (media: Media, kept: number[] = []) => {
    const round = await timed(3, () => show(media, keyOf(0, `${n++}.jpg`), bytes))
    kept.push(...round)
    return round
  }
  const alone = () => timed(3, () => makeThumbnail(bytes, BOX))
  for (let warm = 0; warm < 4 * rounds; warm++) {
    await shown(ours)
    await alone()
  }
  const above = await compare(rounds, () => shown(ours, times), alone)
  yield row(what, 'ms', 'its thumbnail alone, in this process', above, MOST_ABOVE)
  yield { what: `${what}, p95`, unit: 'ms', by: 'one user', ours: p95(times) }
  if (!mini) return
  for (let warm = 0; warm < 2 * rounds; warm++) await shown(mini)
  const compared = await compare(
    rounds,
    () => shown(ours),
    () => shown(mini),
  )
  yield row(what, 'ms', 'MiniStack', compared, { most: 1, of: 'ratio' })
}

/** The time of each upload. @throws when one is lost */
const loseNothing = ({ uploads, latencies, lost }: Loaded): number[] => {
  if (lost.length > 0) throw new Error(`of ${uploads} uploads are lost: ${lost.slice(0, 10).join(', ')}`)
  return latencies
}

/** Ten users at once. */
async function* many(cloud: Server, ours: Media, mini: Media | undefined, seconds: number): AsyncGenerator<Row> {
  const bytes = await picture('jpeg')
  const given = (perSecond: number, during: number, patience = PATIENCE) => ({
    ...{ users: USERS, perSecond, seconds: during, patience },
    picture: () => bytes,
  })
  const before = memoryOf(cloud.pid).own
  const times = loseNothing(await load(ours, given(PER_SECOND, seconds)))
  const after = memoryOf(cloud.pid).own
  const theirs = mini && (await load(mini, given(PER_SECOND, Math.min(seconds, PEER_SECONDS), PATIENCE / 5)))
  const what = `${USERS} users, ${PER_SECOND} pictures a second for ${seconds} s: upload to thumbnail in the index`
  const absent = theirs ? theirs.uploads - theirs.latencies.length : 0
  const by = absent > 0 ? `MiniStack, which has not shown ${absent} of ${theirs?.uploads}` : 'MiniStack'
  const beside = (name: string, of: (values: readonly number[]) => Figures): Row => {
    const mine = of(times)
    if (!theirs) return { what: name, unit: 'ms', by: NOT_INSTALLED, ours: mine }
    const peer = of(theirs.latencies)
    const ratio = figuresOf([mine.median / peer.median])
    return row(name, 'ms', by, { ours: mine, peer, ratio }, { most: 1, of: 'ratio' })
  }
  yield beside(what, figuresOf)
  yield beside(`${what}, p95`, p95)
  yield row(`memory after ${times.length} uploads in that time`, 'MB', 'itself before', exactly(after, before), FLAT)
  const began = performance.now()
  const rush = loseNothing(await load(ours, given(TOO_FAST, seconds / 6)))
  const each = (performance.now() - began) / rush.length
  const hurried = `${rush.length} uploads, ${TOO_FAST} a second, until all are shown: each`
  yield { what: hurried, unit: 'ms', by: 'nothing is lost', ours: figuresOf([each]) }
}

/**
 * Chapter 11: from an upload to its thumbnail in everybody's index, through two functions, a table and its stream, on
 * clouds of their own. @throws when a single upload is lost
 */
export async function* mediaRows(quick: boolean): AsyncGenerator<Row> {
  const cloud = await startCloud()
  const peer = await startMiniStack()
  const ours = mediaOf(clientsOf(cloud.url))
  const theirs = peer && clientsOf(peer.url)
  if (theirs) await furnishMedia(theirs)
  const mini = theirs && mediaOf(theirs)
  yield* oneUser(ours, mini, quick ? 3 : 15)
  yield* many(cloud, ours, mini, quick ? 6 : 60)
  await cloud.stop()
  await peer?.stop()
}
