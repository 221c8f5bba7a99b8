import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Mistake } from '../../../local/base/errors.ts'
import { root } from '../application.ts'

/** The value of an option: `--stack-name x`, `--stack-name=x`; undefined where it is not given. */
export const optionValue = (args: readonly string[], ...names: string[]): string | undefined => {
  for (const [at, arg] of args.entries()) {
    if (names.includes(arg)) return args[at + 1]
    const name = names.find((one) => one.startsWith('--') && arg.startsWith(`${one}=`))
    if (name) return arg.slice(name.length + 1)
  }
  return undefined
}

/** The arguments without an option and its value. */
export const without = (args: readonly string[], name: string): string[] =>
  args.filter((arg, at) => arg !== name && args[at - 1] !== name && !arg.startsWith(`${name}=`))

/**
 * A text of samconfig.toml for a command: its own table goes before `global`.
 * @throws Mistake when samconfig.toml cannot be read
 */
export const configured = (environment: string, command: string, name: string): string | undefined => {
  const file = join(root, 'samconfig.toml')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Mistake(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  const found = new Map<string, string>()
  let table = ''
  for (const line of text.split('\n')) {
    table = /^\s*\[([^\]]+)\]/.exec(line)?.[1] ?? table
    const [, key, value] = /^\s*([\w-]+)\s*=\s*"([^"]*)"/.exec(line) ?? []
    if (key === name && value !== undefined) found.set(table, value)
  }
  return found.get(`${environment}.${command}.parameters`) ?? found.get(`${environment}.global.parameters`)
}

/** The stack that a command is for: given, or its environment's. @throws Mistake when neither names one */
export const stackNamed = (args: readonly string[], command: string): string => {
  const environment = optionValue(args, '--config-env') ?? 'default'
  const stack = optionValue(args, '--stack-name') ?? configured(environment, command, 'stack_name')
  if (!stack) throw new Mistake(`Which stack? samconfig.toml has no environment "${environment}": give --stack-name.`)
  return stack
}
