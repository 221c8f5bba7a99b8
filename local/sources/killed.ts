import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { addFunction, addRole, startCore } from './fixture.ts'

/**
 * A cloud that a test kills: `node killed.ts <folder> <from>` sends the events `from`, `from` + 1 … to a function that
 * notes them, and prints each number once its event is accepted.
 */

/** Notes each event in a file. */
const NOTING = `import { appendFileSync } from 'node:fs'
export const handler = async ({ n }) => {
  appendFileSync(process.env.NOTES, n + '\\n')
}`

const [folder = '', from = '0'] = process.argv.slice(2)
const fresh = !existsSync(join(folder, 'state.db'))
const core = startCore(folder)
if (fresh) {
  await addRole(core)
  await addFunction(core, 'noting', NOTING, { NOTES: join(folder, 'notes') })
}
for (let n = Number(from); ; n++) {
  const Payload = JSON.stringify({ n })
  await core.cloud()('lambda').Invoke({ FunctionName: 'noting', InvocationType: 'Event', Payload })
  process.stdout.write(`${n}\n`)
  // Room for deliveries between the calls: the kill shall find both under way.
  if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 3))
}
