import { connect, FunctionFailed } from '../../lib/client.ts'
import { guestOf } from '../../lib/identity.ts'
import { readConfig } from './config.ts'
import { formOf, onSubmit } from './form.ts'
import { memory } from './memory.ts'
import { neverArrived } from './words.ts'

/** The words for what went wrong. The page is a lesson: AWS's own message tells most. */
const wordsOf = (error: unknown): string => {
  const { name, message } = error as Error
  if (error instanceof FunctionFailed) return `The function failed with ${name}: ${message}`
  if (neverArrived(error)) return 'AWS cannot be reached: is the local cloud, or your network, there?'
  return name === 'Error' ? message : `The call was refused with ${name}: ${message}`
}

/** Fields that hold something: an empty one is left out of the event. */
const given = (fields: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ''))

/**
 * Makes the page's form call a function, as a guest, with the fields as its event.
 * @param functionOutput the Output that names the function
 */
export const greetByForm = (functionOutput: string): void => {
  const connected = async () => {
    const config = await readConfig(['GreetingsPoolId', functionOutput])
    const place = { region: config.Region, endpoint: config.Endpoint }
    const credentials = guestOf(config.GreetingsPoolId ?? '', place, memory())
    return connect({ ...place, credentials }).lambdaFunction<Record<string, string>, string>(
      config[functionOutput] ?? '',
    )
  }
  let greet: ReturnType<typeof connected> | undefined
  onSubmit(
    formOf('greetingsForm'),
    'Calling the function…',
    async (fields) => {
      greet ??= connected()
      // What could not be read this time may be there the next time.
      greet.catch(() => {
        greet = undefined
      })
      return { text: String(await (await greet)(given(fields))) }
    },
    wordsOf,
  )
}
