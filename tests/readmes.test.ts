import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../scripts/lib/application.ts'
import { blocksOf, type Command, fits } from '../scripts/lib/readme.ts'
import { Clone } from './clone.ts'
import { toolPath } from './tools/tools.ts'

/** `NAME=…`: a variable that the terminal keeps for the next commands. */
const ASSIGNMENT = /^([A-Z_]+)=/

/**
 * Runs a command of a README as typed; `npm start` goes on until the README's end, on a free port.
 * @param variables what was assigned before; an assignment adds to it
 */
const typed = async (
  clone: Clone,
  variables: Record<string, string>,
  { command, output }: Command,
): Promise<string> => {
  if (/^npm start\b/.test(command)) {
    const started = await clone.start(command)
    return started.output.replaceAll(`:${clone.port}`, ':4566')
  }
  // What the READMEs ask to export for the AWS CLI.
  const exported = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_DEFAULT_REGION: 'us-east-1' }
  const cloud = clone.port ? { ...exported, AWS_ENDPOINT_URL: `http://127.0.0.1:${clone.port}` } : {}
  const env: Record<string, string> = { ...cloud, ...variables }
  const meant = clone.port ? command.replaceAll(':4566', `:${clone.port}`) : command
  const name = ASSIGNMENT.exec(meant)?.[1]
  if (name) {
    const { code, output } = await clone.run(`${meant}\nstatus=$?; printf %s "$${name}"; exit $status`, { env })
    if (code === 0) variables[name] = output
    return code === 0 ? '' : output
  }
  // A command that goes on by itself, as it follows a log, ends once it has printed what the README shows.
  const follows = command.startsWith('npm run logs')
  const shown = await clone.run(meant, { env, ...(follows ? { ended: (text) => fits(output, text) } : {}) })
  return clone.port ? shown.output.replaceAll(`:${clone.port}`, ':4566') : shown.output
}

for (const file of ['README.md', ...globSync('chapters/*/*.md', { cwd: root }).sort()]) {
  const blocks = blocksOf(join(root, file))
  describe(`the commands of ${file}`, function () {
    this.timeout(60_000)
    let clone: Clone
    const variables: Record<string, string> = {}
    before(() => {
      clone = new Clone()
    })
    after(() => clone?.remove())

    for (const { needs, commands } of blocks)
      for (const command of commands)
        it(`line ${command.line}: ${command.command.split('\n').at(-1)}`, async function () {
          const missing = needs.filter((tool) => toolPath(tool).length === 0)
          if (missing.length > 0) this.skip()

          const output = await typed(clone, variables, command)

          if (!fits(command.output, output))
            expect(output.trim(), `the output of: ${command.command}`).to.equal(command.output.trim())
        })
  })
}
