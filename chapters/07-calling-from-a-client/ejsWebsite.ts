import ejs from 'ejs'
import about from './content/about/index.ejs'
import contact from './content/contact/index.ejs'
import foot from './content/foot.ejs'
import head from './content/head.ejs'
import home from './content/index.ejs'

/** What the templates share, by the name under which they include it. */
const parts: Record<string, string> = { head, foot }

const compiled = (template: string) =>
  ejs.compile(template, { includer: (name: string) => ({ template: parts[name] ?? '' }), strict: false })

/**
 * Every page that there is, compiled once. A path is looked up here and nowhere else: no path that a stranger sends ever
 * reaches the file system.
 */
const pages = new Map([
  ['/', compiled(home)],
  ['/about/', compiled(about)],
  ['/contact/', compiled(contact)],
])

/**
 * Makes a page from its template.
 * @param event `{ "path": "/about/" }`: the page's path below the stage, with a slash at both ends
 * @returns `{ "data": "<!doctype html>…" }`: wrapped, so that the API hands the text on as it is
 * @throws Error with the message `Error 404` when there is no such page; the API turns it into that status
 */
export const handler = async (event: { path?: unknown } | null): Promise<{ data: string }> => {
  const path = event?.path
  const page = typeof path === 'string' ? pages.get(path) : undefined
  if (!page) {
    console.log('There is no page', JSON.stringify(path))
    throw new Error('Error 404')
  }
  return { data: page({ date: new Date().toUTCString() }) }
}
