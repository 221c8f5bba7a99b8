import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda'
import { Mistake } from '../../../local/base/errors.ts'
import { functionsOf, type TemplateFunction } from '../application.ts'
import { failed } from '../run.ts'
import { addressed, seed } from '../seed.ts'
import { type ContainerTarget, containerTarget } from '../target.ts'

/** What `sam` is to be called with, and what is to be done when it has ended. */
export interface SamCall {
  args: string[]
  env: Record<string, string>
  end(): void
}

const CONNECTED = ['invoke', 'start-api', 'start-lambda']

/** Where an option that takes a value stands: `-e file`, `--event file`, `--event=file`. */
const optionOf = (args: string[], ...names: string[]): { at: number; value: string; joined: boolean } | undefined => {
  for (const [at, arg] of args.entries()) {
    if (names.includes(arg) && args[at + 1] !== undefined) return { at, value: args[at + 1] as string, joined: false }
    const name = names.find((one) => arg.startsWith(`${one}=`))
    if (name) return { at, value: arg.slice(name.length + 1), joined: true }
  }
  return undefined
}

const replaced = (args: string[], names: string[], value: string): string[] => {
  const option = optionOf(args, ...names)
  if (!option) return args
  const [name = ''] = names
  return [...args.slice(0, option.at), name, value, ...args.slice(option.at + (option.joined ? 1 : 2))]
}

/**
 * Environment variables for `sam local --env-vars`, by logical ID: the real ones of the functions that run in the local
 * cloud's stack `local`, where a function's name is its logical ID, and the cloud's address. SAM itself knows a bucket by
 * its logical ID only.
 */
export const environmentsOf = async ({ target, containers }: ContainerTarget) => {
  const environments: Record<string, Record<string, string>> = {}
  const client = new LambdaClient({ ...target, maxAttempts: 1 })
  for await (const { Functions = [] } of paginateListFunctions({ client }, {}))
    for (const { FunctionName = '', Environment } of Functions)
      environments[FunctionName] = { ...Environment?.Variables, AWS_ENDPOINT_URL: containers }
  return environments
}

const START = 'start the local cloud with `npm start -- --containers` in another terminal'

/** Without a local cloud: a function without permissions calls no service; of any other, what to start is said. */
const alone = (command: string, args: string[], fn: TemplateFunction | undefined): SamCall => {
  if (fn?.hasPermissions)
    throw new Mistake(
      `${fn.logicalId} calls services of AWS, and there is none here: ${START}, or name a profile of AWS in AWS_PROFILE.`,
    )
  if (command !== 'invoke') console.error(`No local cloud runs: for functions that call services of AWS, ${START}.`)
  return { args: ['local', ...args], env: {}, end() {} }
}

/**
 * `sam local …` for the local cloud that runs: its containers find it with their real environment, and a sample event
 * finds what it needs. Functions act with the credentials of the one who calls `sam local`, as they do with AWS: that
 * is the user `local`, who may do everything, not the function's role, whose trust policy lets nobody but Lambda have it.
 * @param given what stands after `local`: `invoke sum -e events/sum.numbers.json`, the function by logical ID or name
 * @throws Mistake that says what to start, when a function needs what does not run
 */
export const samLocal = async (given: string[]): Promise<SamCall> => {
  const [command = ''] = given
  if (!CONNECTED.includes(command) || process.env.AWS_PROFILE || given.includes('--help'))
    return { args: ['local', ...given], env: {}, end() {} }
  const functions = functionsOf()
  const fn = functions.find(({ logicalId, name }) => given.includes(logicalId) || given.includes(name))
  let args = command === 'invoke' && fn ? given.map((one) => (one === fn.name ? fn.logicalId : one)) : given
  const cloud = containerTarget()
  if (!cloud) return alone(command, args, command === 'invoke' ? fn : undefined)

  const environments = await environmentsOf(cloud).catch(failed)
  if (command === 'invoke' && fn && !environments[fn.logicalId])
    throw new Mistake(`The local cloud that runs does not have ${fn.logicalId}, of chapter ${fn.chapter}.`)
  const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-sam-'))
  const end = () => rmSync(folder, { recursive: true, force: true })
  try {
    const event = optionOf(args, '-e', '--event')
    if (event && event.value !== '-') {
      const text = textOf(event.value)
      await seed(resolve(event.value), cloud.target)
      writeFileSync(join(folder, 'event.json'), addressed(text, { ...cloud.target, endpoint: cloud.containers }))
      args = replaced(args, ['-e', '--event'], join(folder, 'event.json'))
    }
    if (!optionOf(args, '-n', '--env-vars')) {
      writeFileSync(join(folder, 'environment.json'), JSON.stringify(environments))
      args = [...args, '--env-vars', join(folder, 'environment.json')]
    }
  } catch (error) {
    end()
    throw error
  }
  const { accessKeyId = '', secretAccessKey = '' } = cloud.target.credentials ?? {}
  const env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: '',
    AWS_DEFAULT_REGION: cloud.target.region,
    AWS_REGION: cloud.target.region,
  }
  return { args: ['local', ...args], env, end }
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Mistake(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}
