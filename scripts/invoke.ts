import { existsSync, readFileSync } from 'node:fs'
import { isatty } from 'node:tty'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { Mistake } from '../local/base/errors.ts'
import { eventNamed, functionNamed, type TemplateFunction } from './lib/application.ts'
import { failed, run } from './lib/run.ts'
import { addressed, seed } from './lib/seed.ts'
import { withLocalCloud } from './lib/target.ts'

const usage = `npm run invoke -- <function> [case | file | -]

Invokes a function with one of its sample events (the first by name), with a file, or with standard input (-),
and prints its result, its log and its duration. It asks the local cloud that runs; without one, it starts one for this call.`

/** The largest event that Lambda takes, in bytes; a little more is read, so that Lambda itself refuses it. */
const LARGEST = 6 * 1024 * 1024

const STANDARD_INPUT = 'standard input'

const standardInput = async (): Promise<string> => {
  if (isatty(0)) console.error('Type the event as JSON, then Ctrl-D:')
  const parts: Buffer[] = []
  let size = 0
  for await (const part of process.stdin) {
    parts.push(part)
    size += part.length
    if (size > 2 * LARGEST) throw new Mistake('The event is larger than Lambda takes (6 MB).')
  }
  return Buffer.concat(parts).toString()
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Mistake(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

/** The event's text, which is JSON, and where it comes from. */
const eventOf = async (fn: TemplateFunction, given: string | undefined): Promise<{ text: string; from: string }> => {
  let text: string
  let from: string
  if (given === '-') {
    text = await standardInput()
    from = STANDARD_INPUT
  } else {
    from = given !== undefined && !fn.events.has(given) && existsSync(given) ? given : eventNamed(fn, given).file
    text = textOf(from)
  }
  try {
    JSON.parse(text)
  } catch (error) {
    // The message quotes the text, which may be a picture's bytes.
    throw new Mistake(`${from} is no JSON: ${(error as Error).message.replace(/\p{C}/gu, '·')}`)
  }
  return { text, from }
}

/** The figures of a REPORT line, as `1.20 ms (init 86.13 ms), billed 88 ms, memory 71 of 128 MB`. */
const figures = (log: string): string => {
  const figure = (name: string) => new RegExp(`\t?${name}: ([\\d.]+ \\w+)`).exec(log.split('REPORT').at(-1) ?? '')?.[1]
  const init = figure('Init Duration')
  const memory = figure('Max Memory Used')?.split(' ')[0]
  return `${figure('Duration')}${init ? ` (init ${init})` : ''}, billed ${figure('Billed Duration')}, memory ${memory} of ${figure('Memory Size')}`
}

const indented = (text: string) => text.trimEnd().replace(/^/gm, '  ')

await run(async () => {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) return console.log(usage)
  const [name, given, ...more] = args
  if (more[0] !== undefined) throw new Mistake(`One event at a time: what is "${more[0]}"?\n\n${usage}`)
  const fn = functionNamed(name)
  const { text, from } = await eventOf(fn, given)
  await withLocalCloud(fn.chapter, async (target) => {
    await seed(from, target)
    const lambda = new LambdaClient({ ...target, maxAttempts: 1 })
    const Payload = Buffer.from(from === STANDARD_INPUT ? text : addressed(text, target))
    const answer = await lambda
      .send(new InvokeCommand({ FunctionName: fn.logicalId, Payload, LogType: 'Tail' }))
      .catch(failed)
    const log = Buffer.from(answer.LogResult ?? '', 'base64').toString()
    console.log(`${answer.FunctionError ? 'error' : 'result'}`)
    const result = Buffer.from(answer.Payload ?? []).toString()
    console.log(indented(result === '' ? 'null' : JSON.stringify(JSON.parse(result), null, 2)))
    console.log(`log\n${indented(log)}`)
    console.log(`duration\n  ${figures(log)}`)
    if (answer.FunctionError) process.exitCode = 1
  })
})
