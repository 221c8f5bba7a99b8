import { Mistake } from '../../local/base/errors.ts'

/** What a person can mend of what the system refuses: rights, a read-only or full disk. */
const REFUSED = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC']

const sentenceOf = (error: unknown): string | undefined => {
  if (error instanceof Mistake) return error.message
  const { code, path } = error as NodeJS.ErrnoException
  return code && path && REFUSED.includes(code) ? `${path} cannot be used (${code}).` : undefined
}

/** Runs a script to its end; what a person can mend is printed as one message, and the exit code is 1. */
export const run = async (main: () => Promise<unknown>): Promise<void> => {
  try {
    await main()
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence === undefined) throw error
    console.error(sentence)
    process.exitCode = 1
  }
}

/** What a call of the SDK threw, as the person at the terminal should read it. @throws Mistake always */
export const failed = (error: Error): never => {
  const { AWS_ENDPOINT_URL: url } = process.env
  const named = url === undefined ? 'The local cloud' : `What AWS_ENDPOINT_URL names (${url})`
  if ('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET'))
    throw new Mistake(`${named} does not answer: is it still running?`)
  throw new Mistake(`${error.name}: ${error.message}`)
}
