import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../scripts/lib/application.ts'
import { blocksOf, type Command, fits } from '../scripts/lib/readme.ts'
import { Clone } from './clone.ts'
import { sampleOf } from './sample.ts'
import { type Containers, containers } from './tools/containers.ts'
import { toolPath } from './tools/tools.ts'

/** What blocks that need Docker run with; looked for once, where the first one stands. */
let docker: Containers | undefined | 'unasked' = 'unasked'
const engine = (): Containers | undefined => {
  if (docker === 'unasked') docker = containers()
  return docker
}
/** The engine's address; and the image is taken as the machine has it, which may have no registry. */
const forContainers = (found: Containers | undefined): Record<string, string> => ({
  ...(found?.env.DOCKER_HOST ? { DOCKER_HOST: found.env.DOCKER_HOST } : {}),
  SAM_SKIP_PULL_IMAGE: '1',
})
const isMissing = (tool: string): boolean => (tool === 'docker' ? !engine() : toolPath(tool).length === 0)

/** `NAME=…`: a variable that the terminal keeps for the next commands. */
const ASSIGNMENT = /^([A-Z_]+)=/

/**
 * Runs a command of a README as typed; `npm start` goes on until the README's end or the next one, on a free port.
 * @param tools variables that the block's tools need
 * @param variables what was assigned before; an assignment adds to it
 */
const typed = async (
  clone: Clone,
  tools: Record<string, string>,
  variables: Record<string, string>,
  { command, output }: Command,
): Promise<string> => {
  if (/^npm start\b/.test(command)) {
    await clone.stop()
    const started = await clone.start(command, tools)
    return started.output.replaceAll(`:${clone.port}`, ':4566')
  }
  // What the READMEs ask to export for the AWS CLI.
  const exported = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_DEFAULT_REGION: 'us-east-1' }
  const cloud = clone.port ? { ...exported, AWS_ENDPOINT_URL: `http://127.0.0.1:${clone.port}` } : {}
  const env: Record<string, string> = { ...cloud, ...tools, ...variables }
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

const pages = ['README.md', ...globSync('chapters/*/*.md', { cwd: root }).sort()]
const isLong = ({ needs }: { needs: string[] }) => needs.includes('sam') || needs.includes('docker')
/** Building and deploying takes a minute for each chapter. */
const DEPLOYED = 3
const deployed = new Set(
  sampleOf(
    pages.filter((file) => blocksOf(join(root, file)).some(isLong)),
    DEPLOYED,
    'deployed READMEs',
    (file) => file,
  ),
)

for (const file of pages) {
  const blocks = blocksOf(join(root, file)).filter((block) => deployed.has(file) || !isLong(block))
  describe(`the commands of ${file}`, function () {
    this.timeout(120_000)
    let clone: Clone
    const variables: Record<string, string> = {}
    before(() => {
      clone = new Clone()
    })
    after(() => clone?.remove())

    for (const { needs, commands } of blocks)
      for (const command of commands)
        it(`line ${command.line}: ${command.command.split('\n').at(-1)}`, async function () {
          if (needs.some(isMissing)) this.skip()
          const tools = needs.includes('docker') ? forContainers(engine()) : {}

          const output = await typed(clone, tools, variables, command)

          if (!fits(command.output, output))
            expect(output.trim(), `the output of: ${command.command}`).to.equal(command.output.trim())
        })
  })
}
