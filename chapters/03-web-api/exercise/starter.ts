/** The mapping template of `GET /say`: it makes the function's event of the request. */
export const template = `{
  "greet": "$input.params('greet')",
  "name": "$input.params('name')"
}`

/** Greets somebody with a greeting of one's own. */
export const handler = async ({
  greet = 'Hello',
  name = 'World',
}: {
  greet?: string
  name?: string
}): Promise<string> => `${greet} ${name}!`
