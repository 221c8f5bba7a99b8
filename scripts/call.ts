import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { NormalizedSchema } from '@smithy/core/schema'
import { Mistake } from '../local/base/errors.ts'
import { pick } from './lib/pick.ts'
import { failed, run } from './lib/run.ts'
import { sdkOf } from './lib/sdk.ts'
import { targetOrMistake } from './lib/target.ts'

const usage = `npm run call -- <service> <Operation> [Member=value …] [--out file] [--value path]

Sends any operation through the AWS SDK, to the local cloud that runs (or to AWS, when AWS_PROFILE names a profile).
  Bucket=pictures           text, a number, true or false, as the operation asks
  Body=@photo.jpg           the bytes of a file
  Metadata.author=Ann       one entry of a map, one member of a structure
  Key='{"name":{"S":"x"}}'  anything as JSON
--out writes the body of the answer to a file; --value prints one value of the answer alone: items[name=Bookstore].id`

/** The value of a member, from text, as its schema asks. */
const memberValue = (schema: NormalizedSchema, text: string, path: string): unknown => {
  if (schema.isBlobSchema() || schema.isStreaming()) return text.startsWith('@') ? bytesOf(text.slice(1), path) : text
  if (schema.isNumericSchema()) {
    if (text.trim() === '' || Number.isNaN(Number(text)))
      throw new Mistake(`${path} must be a number, but is "${text}".`)
    return Number(text)
  }
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') throw new Mistake(`${path} must be true or false, but is "${text}".`)
    return text === 'true'
  }
  if (schema.isTimestampSchema()) {
    const date = new Date(text)
    if (Number.isNaN(date.getTime()))
      throw new Mistake(`${path} must be a date like 2026-11-21T10:00:00Z, but is "${text}".`)
    return date
  }
  if (schema.isStringSchema())
    return text.startsWith('@') && existsSync(text.slice(1)) ? readFileSync(text.slice(1), 'utf8') : text
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Mistake(`${path} must be JSON: ${(error as Error).message}`)
  }
}

const bytesOf = (file: string, path: string): Buffer => {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Mistake(`${path}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

/** Sets one `a.b.c=value` in the input. */
const set = (
  schema: NormalizedSchema,
  into: Record<string, unknown>,
  path: string[],
  text: string,
  done = '',
): void => {
  const [name = '', ...rest] = path
  const at = done ? `${done}.${name}` : name
  let member: NormalizedSchema
  if (schema.isMapSchema()) member = schema.getValueSchema()
  else if (schema.isStructSchema() && Object.hasOwn(schema.getMemberSchemas(), name))
    member = schema.getMemberSchema(name)
  else {
    const members = schema.isStructSchema() ? Object.keys(schema.getMemberSchemas()).join(', ') : 'none'
    throw new Mistake(`There is no member "${at}". Members: ${members}`)
  }
  if (rest.length === 0) into[name] = memberValue(member, text, at)
  else {
    into[name] ??= {}
    set(member, into[name] as Record<string, unknown>, rest, text, at)
  }
}

/** What JSON cannot hold, in a readable form: bytes as text where they are text, else base64. */
const readable = (_: string, value: unknown): unknown => {
  if (value instanceof Set) return [...value]
  if (!(value instanceof Uint8Array)) return value
  const text = Buffer.from(value).toString()
  return Buffer.from(text).equals(value) ? text : Buffer.from(value).toString('base64')
}

/** `$metadata` away, a streamed body to a file or into the answer. */
const shown = async ({ $metadata, ...answer }: Record<string, unknown>, out?: string) => {
  const body = answer.Body ?? answer.Payload
  if (body instanceof Readable) {
    if (out) {
      await pipeline(body, createWriteStream(out)).catch((error: NodeJS.ErrnoException) => {
        throw new Mistake(`${out} cannot be written (${error.code ?? error.message}).`)
      })
      answer.Body = `written to ${out}`
    } else answer.Body = Buffer.concat(await body.toArray())
  }
  return answer
}

await run(async () => {
  const args = process.argv.slice(2)
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) return console.log(usage)
  const flag = (name: string, what: string): string | undefined => {
    const at = args.indexOf(name)
    const given = at < 0 ? undefined : args.splice(at, 2)[1]
    if (at >= 0 && !given) throw new Mistake(`${name} takes ${what}.`)
    return given
  }
  const out = flag('--out', 'the name of a file')
  const path = flag('--value', 'the path of a value')
  const [service, operation, ...members] = args
  if (!service) throw new Mistake(`Which service?\n\n${usage}`)
  const sdk = await sdkOf(service)
  if (!operation) return console.log(`${service} has the operations:\n  ${sdk.operations.join('\n  ')}`)
  const schema = sdk.input(operation)
  const input: Record<string, unknown> = {}
  for (const member of members) {
    const [, path, text] = /^([^=]+)=([\s\S]*)$/.exec(member) ?? []
    if (path === undefined || text === undefined) throw new Mistake(`"${member}" is not of the form Member=value.`)
    set(schema, input, path.split('.'), text)
  }
  const answer = await sdk.send(operation, input, targetOrMistake()).catch(failed)
  const told = await shown(answer, out)
  const text = JSON.stringify(told, readable, 2)
  console.log(path === undefined ? text : pick(JSON.parse(text), path))
})
