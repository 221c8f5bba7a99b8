/** Solution A: the template leaves out what is not there. `String.raw`, so that its backslashes stay. */
export const template = String.raw`#set($greet = $input.params('greet'))
#set($name = $input.params('name'))
{
#if($greet != '')
  "greet": "$util.escapeJavaScript($greet).replaceAll("\\'", "'")"
#end
#if($greet != '' && $name != ''),#end
#if($name != '')
  "name": "$util.escapeJavaScript($name).replaceAll("\\'", "'")"
#end
}`

/** The function knows only what is there and what is not. */
export const handler = async ({
  greet = 'Hello',
  name = 'World',
}: {
  greet?: string
  name?: string
}): Promise<string> => `${greet} ${name}!`
