// S3 in a process of its own, for tests that kill it or watch its memory: `s3Process.ts <state folder>`, forked. It sends
// its address when it is ready, and answers every message with its memory.
import { openTestS3 } from './s3.ts'

const { url } = await openTestS3({ folder: process.argv[2] ?? '' })
process.on('message', () => process.send?.({ rss: process.memoryUsage.rss() }))
process.on('disconnect', () => process.exit())
process.send?.({ url })
