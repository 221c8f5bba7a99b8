// Thumbnails of one picture, in a process of its own with the memory settings of the function: `picture.ts <file>
// <rounds> [<peer>]`, forked. With a peer (`sharp`) it sends { ours, peer }: ms of each round, in turns, after a warm-up;
// without one { peak }: the most resident memory, in MB.
import { readFileSync } from 'node:fs'
import { makeThumbnail } from '../chapters/05-standalone-functions/lib/thumbnail.ts'
import { timed } from './figures.ts'

const [file = '', rounds = '5', peer] = process.argv.slice(2)
const bytes = readFileSync(file)
const box = { width: 200, height: 200 }
const ours = () => makeThumbnail(bytes, box)

if (peer) {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  const theirs = () => sharp(bytes).resize(200, 200, { fit: 'inside' }).jpeg({ quality: 85 }).toBuffer()
  const figures = { ours: [] as number[], peer: [] as number[] }
  await timed(3, ours)
  await timed(3, theirs)
  for (let round = 0; round < Number(rounds); round++) {
    figures.ours.push(...(await timed(1, ours)))
    figures.peer.push(...(await timed(1, theirs)))
  }
  process.send?.(figures, () => process.exit())
} else {
  await timed(Number(rounds), ours)
  process.send?.({ peak: process.resourceUsage().maxRSS / 1024 }, () => process.exit())
}
