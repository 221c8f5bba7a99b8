import { checks } from './lib/checks.ts'
import { run } from './lib/run.ts'

await run(async () => {
  let failed = 0
  for (const { name, faults, note } of checks()) {
    console.log(`${faults.length === 0 ? '✓' : '✗'} ${name}${note ? ` (${note})` : ''}`)
    for (const fault of faults) console.log(`    ${fault}`)
    if (faults.length > 0) failed++
  }
  if (failed > 0) process.exitCode = 1
})
