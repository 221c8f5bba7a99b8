import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../scripts/lib/application.ts'
import { blocksOf, type Command, fits } from '../scripts/lib/readme.ts'
import { Clone } from './clone.ts'
import { toolPath } from './tools/tools.ts'

/** Runs a command of a README as typed; `npm start` goes on until the README's end, on a free port. */
const typed = async (clone: Clone, { command, output }: Command): Promise<string> => {
  if (/^npm start\b/.test(command)) {
    const started = await clone.start(command)
    return started.output.replaceAll(`:${clone.port}`, ':4566')
  }
  // What the READMEs ask to export for the AWS CLI.
  const exported = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_DEFAULT_REGION: 'us-east-1' }
  const env = clone.port ? { ...exported, AWS_ENDPOINT_URL: `http://127.0.0.1:${clone.port}` } : exported
  // A command that goes on by itself, as it follows a log, ends once it has printed what the README shows.
  const follows = command.startsWith('npm run logs')
  const shown = await clone.run(command, { env, ...(follows ? { ended: (text) => fits(output, text) } : {}) })
  return clone.port ? shown.output.replaceAll(`:${clone.port}`, ':4566') : shown.output
}

for (const file of ['README.md', ...globSync('chapters/*/README.md', { cwd: root }).sort()]) {
  const blocks = blocksOf(join(root, file))
  describe(`the commands of ${file}`, function () {
    this.timeout(60_000)
    let clone: Clone
    before(() => {
      clone = new Clone()
    })
    after(() => clone?.remove())

    for (const { needs, commands } of blocks)
      for (const command of commands)
        it(`line ${command.line}: ${command.command.split('\n').at(-1)}`, async function () {
          const missing = needs.filter((tool) => toolPath(tool).length === 0)
          if (missing.length > 0) this.skip()

          const output = await typed(clone, command)

          if (!fits(command.output, output))
            expect(output.trim(), `the output of: ${command.command}`).to.equal(command.output.trim())
        })
  })
}
