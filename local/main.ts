import { mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { type ContainerHost, containerHost } from './base/bridge.ts'
import { Mistake } from './base/errors.ts'
import type { Log } from './base/log.ts'
import { type Running, runningClouds, runningFile, statesOf } from './base/running.ts'
import { type Cloud, cacheOf, createCloud } from './cloud.ts'
import type { StackDescription } from './stack/stacks.ts'

const usage = `npm start -- [--chapter NN] [--empty] [--port N] [--containers] [--fresh]

Starts the local cloud with template.yaml in it.
  --chapter NN   one chapter alone, with what it needs of earlier ones
  --empty        no stack at all: for your own, with sam deploy
  --port N       another port than 4566
  --containers   functions in containers (sam local) can reach it too
  --sandbox      mails go to verified addresses only, as in a new account
  --fresh        begins the state of this selection anew`

/** Within so many ms a Ctrl-C is the same one: who runs several commands at once sends each its own besides the terminal's. */
const ONCE = 300

/** The parameter of the template that selects a chapter. */
const SELECTION = 'Chapter'

interface Flags {
  selection: string
  port: number
  containers: boolean
  sandbox: boolean
  fresh: boolean
  help: boolean
}

const flagsOf = (argv: string[]): Flags => {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        chapter: { type: 'string' },
        empty: { type: 'boolean', default: false },
        port: { type: 'string', default: '4566' },
        containers: { type: 'boolean', default: false },
        sandbox: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const { chapter, empty, port, ...rest } = values
    if (chapter !== undefined && empty) throw new Mistake('--chapter and --empty exclude each other.')
    if (chapter !== undefined && !/^\d{1,2}$/.test(chapter))
      throw new Mistake(`--chapter takes a number like 05, but got "${chapter}".`)
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
      throw new Mistake(`--port takes a number from 0 to 65535, but got "${port}".`)
    return { selection: empty ? 'empty' : (chapter?.padStart(2, '0') ?? 'all'), port: Number(port), ...rest }
  } catch (error) {
    if (error instanceof Mistake) throw error
    throw new Mistake(`${(error as Error).message}\n\n${usage}`)
  }
}

/** Where containers reach the door: on the bridge's address, where it must listen, or through Docker Desktop. */
const containersReach = (): ContainerHost => {
  const found = containerHost()
  if (found) return found
  throw new Mistake('--containers needs Docker, and no Docker bridge was found on this machine.')
}

/** What anybody may send, as the key of an object, moves no cursor of the terminal and begins no line of its own. */
const printable = (text: string): string =>
  text
    .replace(/[^\P{Cc}\n\t]/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replaceAll('\n', '\n  ')

/** Lines of the cloud itself and of functions, each with who speaks before it. */
const terminalLog: Log = ({ level, from, text, cause }) => {
  console.log(`${from} │ ${level === 'error' ? 'error: ' : ''}${printable(text)}`)
  if (cause) console.error(cause)
}

/** A terminal that is closed takes along what is printed there, and not the cloud that runs in its background. */
const unlessClosed = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EIO') throw error
}

const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`
const ofType = (stack: StackDescription, type: string) => stack.resources.filter((one) => one.type === type)

const summary = (stack: StackDescription): string =>
  [
    plural(ofType(stack, 'AWS::Lambda::Function').length, 'function'),
    plural(ofType(stack, 'AWS::S3::Bucket').length, 'bucket'),
    plural(ofType(stack, 'AWS::DynamoDB::Table').length, 'table'),
  ].join(', ')

const chaptersOf = ({ selection }: Running): string =>
  selection === 'all' ? 'all chapters' : selection === 'empty' ? 'no chapter (--empty)' : `chapter ${selection}`

/** Deploys the template, with a line that shows how far it is where there is a terminal. */
const deploy = async (cloud: Cloud, file: string, template: string, selection: string): Promise<StackDescription> => {
  let count = 0
  const shown = process.stdout.isTTY
  try {
    return await cloud.deploy({
      name: 'local',
      template,
      file,
      parameters: { [SELECTION]: selection },
      onEvent({ logicalId, status, reason }) {
        if (/_COMPLETE$/.test(status)) count++
        if (/_FAILED$/.test(status)) console.error(`${shown ? '\r\x1b[K' : ''}${logicalId}: ${reason ?? status}`)
        else if (shown) process.stdout.write(`\r\x1b[K${count} resources · ${logicalId}`)
      },
    })
  } finally {
    if (shown) process.stdout.write('\r\x1b[K')
  }
}

/**
 * Deploys again whenever the template is saved; a template that cannot be deployed leaves everything as it was.
 * @param deployed what is deployed: a template that was saved since then counts as saved now
 */
const followTemplate = (cloud: Cloud, root: string, file: string, deployed: string, selection: string): void => {
  let text = deployed
  let wait: NodeJS.Timeout | undefined
  let turn = Promise.resolve()
  const changed = async () => {
    const now = readFileSync(file, 'utf8')
    if (now === text) return
    text = now
    try {
      const stack = await deploy(cloud, file, now, selection)
      console.log(`stack │ template.yaml was saved and is deployed: ${summary(stack)}`)
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      console.error(`stack │ template.yaml was saved and cannot be deployed: ${error.message}`)
    }
  }
  const look = () => {
    clearTimeout(wait)
    // Editors write in several steps: wait until they are done.
    wait = setTimeout(() => {
      turn = turn.then(changed).catch((cause) => {
        terminalLog({ level: 'error', from: 'stack', text: 'template.yaml could not be read', cause })
      })
    }, 150)
  }
  watch(root, (_, name) => {
    if (name === relative(root, file)) look()
  }).unref()
  look()
}

/**
 * Runs the local cloud until Ctrl-C.
 * @param suggest commands worth a try with what was deployed (nothing for an empty cloud), and the cloud's address.
 * @throws Mistake for what the person at the terminal can mend.
 */
export const main = async (
  argv: string[],
  root: string,
  suggest: (stack: StackDescription | undefined, url: string) => string[],
): Promise<void> => {
  const flags = flagsOf(argv)
  if (flags.help) return console.log(usage)
  const began = performance.now()
  const file = join(root, 'template.yaml')
  const record = runningFile(root, flags.selection)
  const other = runningClouds(root).find(({ url }) => Number(new URL(url).port) === flags.port)
  if (other && other.selection !== flags.selection)
    throw new Mistake(
      `The local cloud of ${chaptersOf(other)} already runs at ${other.url}: stop it first (Ctrl-C in its terminal), or choose another port with --port.`,
    )
  const reach = flags.containers ? containersReach() : undefined
  const cloud = await createCloud({
    state: join(statesOf(root), flags.selection),
    fresh: flags.fresh,
    port: flags.port,
    ...(reach && { [reach.forwards ? 'forwarded' : 'addresses']: [reach.address] }),
    log: terminalLog,
    cache: cacheOf(file),
  })
  cloud.setSandbox(flags.sandbox)
  let ending: Promise<void> | undefined
  let asked = 0
  const end = (signal: NodeJS.Signals) => {
    // Asked twice by a person: at once, whatever is still under way; it is all in the state. The other signals come twice
    // by themselves, where they are sent to a whole group of processes and setup.mjs hands them on.
    if (ending) return signal === 'SIGINT' && performance.now() - asked > ONCE && process.exit(1)
    asked = performance.now()
    rmSync(record, { force: true })
    ending = cloud.stop().then(() => process.exit())
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', unlessClosed)
  try {
    const template = readFileSync(file, 'utf8')
    const stack = flags.selection === 'empty' ? undefined : await deploy(cloud, file, template, flags.selection)
    const running: Running = {
      url: cloud.url,
      pid: process.pid,
      selection: flags.selection,
      since: Date.now(),
      ...(reach && { containers: `http://${reach.address}:${cloud.port}` }),
    }
    mkdirSync(dirname(record), { recursive: true })
    writeFileSync(record, JSON.stringify(running))
    cloud.onLine(({ functionName, message }) => console.log(`${functionName} │ ${message.trimEnd()}`))
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`The local cloud is ready after ${seconds} s: ${cloud.url}
  ${stack ? `${summary(stack)} from template.yaml` : 'no stack'}; its state is kept in .local/${flags.selection}; Ctrl-C stops it.
  To look at it, open ${cloud.url} in a browser.

In another terminal, try:
${suggest(stack, cloud.url)
  .map((one) => `  ${one}`)
  .join('\n')}
`)
    if (stack) followTemplate(cloud, root, file, template, flags.selection)
  } catch (error) {
    await cloud.stop()
    throw error
  }
}
