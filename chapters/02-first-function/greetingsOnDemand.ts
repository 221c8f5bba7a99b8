import { given } from './lib/given.ts'

// What stands out here runs once for each execution environment, not at each call: the place for connections,
// caches and configuration. The log of two calls shows this line once.
console.log('Loading function')

/**
 * Greets somebody. Listing 2.1.
 * @param event `{ "name": "John" }`; without a name the world is greeted.
 * @returns `Hello John!` or `Hello World!`
 * @throws TypeError when the name is no text.
 */
export const handler = async (event: { name?: string } | null): Promise<string> => {
  console.log('Received event:', JSON.stringify(event, null, 2))
  const name = given(event, 'name')
  console.log('name =', name)
  const greeting = `Hello ${name ?? 'World'}!`
  console.log(greeting)
  return greeting
}
