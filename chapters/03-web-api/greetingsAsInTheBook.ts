/**
 * Greets somebody as the book's listing 2.1 does: it asks only whether the key is there, so an empty name gives `Hello !`.
 * The steps of the lesson are built on that answer. Everything else uses `greetingsOnDemand` of chapter 2.
 * @param event `{ "name": "John" }`
 * @throws TypeError when the name is no text
 */
export const handler = async (event: { name?: string } | null): Promise<string> => {
  if (event === null || !('name' in event)) return 'Hello World!'
  if (typeof event.name !== 'string') throw new TypeError(`name must be a string, but is ${JSON.stringify(event.name)}`)
  return `Hello ${event.name}!`
}
