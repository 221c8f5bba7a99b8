/** Solution B: the template passes everything on. `String.raw`, so that its backslashes stay. */
export const template = String.raw`{ "greet": "$util.escapeJavaScript($input.params('greet')).replaceAll("\\'", "'")", "name": "$util.escapeJavaScript($input.params('name')).replaceAll("\\'", "'")" }`

/** The function treats what is empty as absent: `||` and not `??`. */
export const handler = async ({ greet, name }: { greet?: string; name?: string }): Promise<string> =>
  `${greet || 'Hello'} ${name || 'World'}!`
