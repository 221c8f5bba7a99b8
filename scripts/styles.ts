import { Mistake } from '../local/base/errors.ts'
import { failed, run } from './lib/run.ts'
import {
  deploymentOf,
  type Failed,
  FUNCTIONS,
  fail,
  type Measured,
  measure,
  PARTS,
  STYLES,
  type Style,
} from './lib/styles.ts'
import { type Target, withLocalCloud } from './lib/target.ts'

const usage = `npm run styles -- [--fail thumbnail|metadata|index [--for seconds]]

Chapter 12: the same upload in three styles, one after the other, and what each takes; in the local cloud that runs, in one
of its own if there is none, or on AWS, when AWS_PROFILE names a profile.
  --fail part      the same with a part that does not work: who is told, who tries again, where it ends (two minutes at most)
  --for seconds    it works again after so many seconds`

const ROUNDS = 5
/** Starts are not counted: as many as make every function warm. */
const WARM = 2
const FOR_GOOD = 3600

const median = (values: number[]) => Math.round(values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0)
const HEAD = ['', 'answer', 'in the index', 'functions', 'billed', 'of it waiting']

const rowOf = (style: Style, rounds: Measured[]): string[] => {
  const of = (name: keyof Measured) => median(rounds.map((one) => one[name]))
  const [answered, shown, billed, waited] = [of('answered'), of('shown'), of('billed'), of('waited')]
  return [style, `${answered} ms`, `${shown} ms`, `${of('invocations')}`, `${billed} ms`, `${waited} ms`]
}

const tableOf = (rows: string[][]): string => {
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? '').length))
  const line = (row: string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(width(0)) : cell.padStart(width(column) + 3))).join('')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}

const textOf = (style: Style, { told, invocations, left, record }: Failed): string => {
  const isWhole = left.includes('entry in the index')
  const wasRetried = invocations > FUNCTIONS[style]
  const end = isWhole
    ? `is whole${wasRetried ? ', as Lambda has tried again' : ''}`
    : record
      ? `is a record of a failure: ${record}`
      : 'stays as it is: nobody tries again'
  return [
    style,
    `  the client is told   ${told ?? 'that all is well'}`,
    `  functions that ran   ${invocations}`,
    `  what is there        ${left.join(', ')}`,
    `  the upload           ${end}`,
  ].join('\n')
}

/** Another name for each upload, later ones behind earlier ones. */
const names = () => {
  const begin = Date.now().toString(36)
  let n = 100
  return () => `${begin}-${n++}.jpg`
}

const compare = async (target: Target, next: () => string) => {
  const at = await deploymentOf(target)
  const rows: string[][] = [HEAD]
  for (const style of STYLES) {
    const rounds: Measured[] = []
    for (let round = 0; round < WARM + ROUNDS; round++) rounds.push(await measure(at, style, next()))
    rows.push(rowOf(style, rounds.slice(WARM)))
  }
  console.log(tableOf(rows))
}

const compareFailures = async (target: Target, next: () => string, part: string, seconds: number) => {
  const at = await deploymentOf(target)
  for (const style of STYLES) await measure(at, style, next())
  console.error('Lambda tries again after a minute…')
  const outage = `${part} ${new Date(Date.now() + seconds * 1000).toISOString()}`
  const ends = await Promise.all(STYLES.map(async (style) => textOf(style, await fail(at, style, next(), outage))))
  console.log(ends.join('\n'))
}

await run(async () => {
  const [flag, part = '', second, seconds = `${FOR_GOOD}`, ...rest] = process.argv.slice(2)
  if (flag === '--help' || flag === '-h') return console.log(usage)
  if (flag !== undefined && (flag !== '--fail' || !PARTS.includes(part))) throw new Mistake(usage)
  if (second !== undefined && (second !== '--for' || !/^\d{1,3}$/.test(process.argv[5] ?? ''))) throw new Mistake(usage)
  if (rest.length > 0) throw new Mistake(usage)
  const work = (target: Target) =>
    flag ? compareFailures(target, names(), part, Number(seconds)) : compare(target, names())
  const { AWS_PROFILE, AWS_REGION = 'us-east-1' } = process.env
  await (AWS_PROFILE ? work({ region: AWS_REGION }) : withLocalCloud('12', work)).catch((error: Error) => {
    throw error instanceof Mistake ? error : failed(error)
  })
})
