import { decideRequest, tableNamed, whyDenied } from './lib/policies.ts'
import { run } from './lib/run.ts'

const usage = `npm run policy -- <name>

Shows a policy of chapters 4 and 6 with its requests: what the local cloud's evaluator says to each, and why.
  npm run policy            lists them
  npm run policy -- 4.3     the one whose name begins so`

await run(async () => {
  const [name = ''] = process.argv.slice(2)
  if (name === '--help') return console.log(usage)
  const table = tableNamed(name)
  console.log(`${table.title}\n\n${JSON.stringify(table.policy, null, 2)}\n`)
  const width = Math.max(...table.requests.map((request) => request.name.length))
  for (const request of table.requests) {
    const decision = decideRequest(table, request)
    const verdict = decision.allowed ? '✓ allowed' : '✗ denied '
    const why = decision.allowed ? '' : `  ${whyDenied(decision)}`
    console.log(`${verdict}  ${request.name.padEnd(decision.allowed ? 0 : width)}${why}`)
  }
})
