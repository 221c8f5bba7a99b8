import { localAddress } from '../scripts/lib/addresses.ts'
import type { TestCloud } from './cloud.ts'

/** What an API answered. */
export interface Answer {
  status: number
  type: string | null
  headers: Headers
  text: string
  /** The body as JSON. @throws SyntaxError when it is none */
  json(): unknown
}

/** The local address of an API that an Output of the stack names. */
export const addressOf = ({ cloud, stack }: Pick<TestCloud, 'cloud' | 'stack'>, output: string): string => {
  const value = stack.outputs[output]?.value ?? ''
  const address = localAddress(value, cloud.url)
  if (address === value) throw new Error(`the output ${output} names no API: ${value}`)
  return address
}

/** Sends a request to an API and reads the whole answer. */
export const ask = async (url: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    headers: response.headers,
    text,
    json: () => JSON.parse(text),
  }
}
