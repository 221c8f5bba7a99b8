import { given } from './lib/given.ts'

console.log('Loading function')

/**
 * Greets somebody with a greeting of one's own: the exercise of chapter 2.
 * @param event `{ "greet": "Hi", "name": "John" }`, each optional.
 * @returns `Hi John!`; what is not given becomes `Hello` and `World`.
 * @throws TypeError when a field is no text.
 */
export const handler = async (event: { greet?: string; name?: string } | null): Promise<string> => {
  console.log('Received event:', JSON.stringify(event, null, 2))
  const greet = given(event, 'greet')
  console.log('greet =', greet)
  const name = given(event, 'name')
  console.log('name =', name)
  const greeting = `${greet ?? 'Hello'} ${name ?? 'World'}!`
  console.log(greeting)
  return greeting
}
