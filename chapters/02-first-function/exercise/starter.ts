import { given } from '../lib/given.ts'

console.log('Loading function')

/** Greets somebody. */
export const handler = async (event: { name?: string } | null): Promise<string> => {
  console.log('Received event:', JSON.stringify(event, null, 2))
  const name = given(event, 'name')
  console.log('name =', name)
  const greeting = `Hello ${name ?? 'World'}!`
  console.log(greeting)
  return greeting
}
