import { readFileSync } from 'node:fs'

/** A command of a README and what it prints. */
export interface Command {
  command: string
  /** The lines below it; `…` stands for any text. */
  output: string
  /** Where it stands, counted from 1. */
  line: number
}

/** A ```console block: its commands in order, and the tools without which it is skipped. */
export interface Block {
  needs: string[]
  commands: Command[]
}

/**
 * The ```console blocks of a README. A command begins with `$ ` and may go on in lines that begin with `> `; its output
 * stands below it. `# needs: aws` as first line names a tool that the block wants.
 */
export const blocksOf = (file: string): Block[] => {
  const blocks: Block[] = []
  let block: Block | undefined
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((text, index) => {
      const last = block?.commands.at(-1)
      if (!block) {
        if (text.trim() === '```console') block = { needs: [], commands: [] }
      } else if (text.trim() === '```') {
        blocks.push(block)
        block = undefined
      } else if (text.startsWith('# needs:') && !last)
        block.needs = text
          .slice('# needs:'.length)
          .split(',')
          .map((tool) => tool.trim())
      else if (text.startsWith('$ ')) block.commands.push({ command: text.slice(2), output: '', line: index + 1 })
      else if (last && text.startsWith('> ') && last.output === '') last.command += `\n${text.slice(2)}`
      else if (last) last.output += `${text}\n`
      else throw new Error(`${file}:${index + 1}: a console block begins with a command: $ …`)
    })
  return blocks
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Whether an output is the one expected; `…` stands for any text, also over several lines. */
export const fits = (expected: string, output: string): boolean =>
  new RegExp(`^${expected.trim().split('…').map(escaped).join('[\\s\\S]*?')}$`).test(output.trim())
