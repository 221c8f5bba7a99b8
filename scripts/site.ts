import { Mistake } from '../local/base/errors.ts'
import { run } from './lib/run.ts'
import { publish } from './lib/site.ts'
import { targetOrMistake } from './lib/target.ts'

const usage = `npm run site -- <chapter> [--stack name]

Puts a chapter's pages on its website: in the local cloud that runs, or on AWS, when AWS_PROFILE names a profile.
  --stack name   a stack with another name than its environment in samconfig.toml has`

await run(async () => {
  const [given, flag, stack, ...rest] = process.argv.slice(2)
  if (given === '--help' || given === '-h') return console.log(usage)
  if (given === undefined || !/^\d{1,2}$/.test(given) || rest.length > 0) throw new Mistake(usage)
  if (flag !== undefined && (flag !== '--stack' || !stack)) throw new Mistake(usage)
  const { address, bucket, files } = await publish(given.padStart(2, '0'), targetOrMistake(), stack)
  console.log(`${files.length} files are in ${bucket}:\n${address}`)
})
