import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem, type } from 'node:os'
import type { Compared, Figures } from './figures.ts'

/** One line of the table: a figure of ours, and where there is one the same figure of a peer. */
export interface Row {
  what: string
  /** `ms`, `MB` or `KB`; less is better. */
  unit: string
  ours: Figures
  /** Whose figure the other one is; without a figure: why there is none. */
  by: string
  peer?: Figures
  ratio?: Figures
  /** The most that is wanted, and of what. */
  target?: {
    most: number
    of: 'ratio' | 'difference' /** or so much more than the peer, in the row's unit */
    or?: number
  }
}

export const row = (what: string, unit: string, by: string, compared: Compared, target?: Row['target']): Row => ({
  ...{ what, unit, by, ...compared },
  ...(target && { target }),
})

const figure = (value: number) => value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0)
const range = ({ min, median, max }: Figures) => `**${figure(median)}** (${figure(min)} – ${figure(max)})`

/** Whether a row is what was wanted, by its medians; undefined where nothing is. */
export const met = ({ ours, peer, ratio, target }: Row): boolean | undefined => {
  if (!target || !peer || !ratio) return undefined
  const more = ours.median - peer.median
  if (target.or !== undefined && more <= target.or) return true
  return (target.of === 'ratio' ? ratio.median : more) <= target.most
}

const wanted = ({ target, unit }: Row): string => {
  if (!target) return ''
  if (target.of === 'difference') return `≤ ${target.most} ${unit} more`
  return `≤ ${target.most} ×${target.or === undefined ? '' : ` or ${target.or} ${unit} more`}`
}

/** The table in Markdown: medians, minimum and maximum in brackets. */
export const table = (rows: readonly Row[]): string => {
  const lines = rows.map((one) => {
    const verdict = met(one)
    return [
      one.what,
      `${range(one.ours)} ${one.unit}`,
      one.by,
      one.peer ? `${range(one.peer)} ${one.unit}` : '',
      one.ratio ? `${range(one.ratio)} ×` : '',
      wanted(one),
      verdict === undefined ? '' : verdict ? 'yes' : 'NO',
    ]
  })
  const head = ['what', 'ours', 'beside', 'its figure', 'ratio', 'wanted', 'reached']
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The machine in one line. */
export const machine = (): string => {
  const cores = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  return `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), ${memory} GB, ${type()} ${release()}, Node ${process.version}`
}

/** Resident memory of a process and all it started, in MB: its own, and of all together. */
export const memoryOf = (pid: number): { own: number; all: number } => {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' }).trim().split('\n')
  const processes = lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number])
  const below = (id: number): number =>
    processes.filter(([, parent]) => parent === id).reduce((sum, [child, , rss]) => sum + rss + below(child), 0)
  const own = processes.find(([id]) => id === pid)?.[2] ?? 0
  return { own: own / 1024, all: (own + below(pid)) / 1024 }
}
