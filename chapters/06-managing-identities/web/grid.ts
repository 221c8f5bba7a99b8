import type { Attempt, Resource, Target } from '../lib/attempt.ts'
import type { Outcome } from '../lib/attempts.ts'

/** Who asks: the two columns. */
export type Who = 'guest' | 'signedIn'

const COLUMNS: [Who, string][] = [
  ['guest', 'A guest'],
  ['signedIn', 'Signed in'],
]

const TITLES: Record<Resource, [title: string, note: string]> = {
  'priv/': ['Private folders', 'Files under priv/, in a folder for each identity (listing 6.1).'],
  'pub/': ['Public folders', 'Files under pub/, in a folder for each identity (listing 6.2).'],
  'private table': ['Private items', 'A table whose partition key is the identity (listing 6.3).'],
  'shared table': ['Shared items', 'A table whose partition key is the identity (listing 6.4).'],
  'the rest': ['The rest', 'The whole bucket, and the function that gives a token for a name.'],
}

const TARGETS: Record<Target, string> = { own: 'own', other: 'somebody else’s', both: 'both together', all: 'all' }

const element = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

/** The end of AWS's message: why. */
const clauseOf = (message: string): string =>
  /(?<=because )(.*)$|with an explicit deny .*$/s.exec(message)?.[0] ?? message

const untried = (cell: HTMLElement) => {
  cell.className = 'untried'
  cell.replaceChildren('not tried')
}

/** Fills a cell; a refusal opens to AWS's whole message. */
const fill = (cell: HTMLElement, { allowed, text }: Outcome) => {
  cell.className = allowed ? 'allowed' : 'denied'
  const verdict = element('strong', {}, allowed ? '✓ allowed' : '✗ denied')
  if (allowed) cell.replaceChildren(verdict, ' ', element('span', {}, text))
  else
    cell.replaceChildren(
      element(
        'details',
        {},
        element('summary', {}, verdict, ' ', element('span', {}, clauseOf(text))),
        element('p', {}, text),
      ),
    )
}

/**
 * Builds the grid: a table for each resource, a row for each attempt, a column for each who asks.
 * @param attempts as they will be numbered by `show`
 */
export const createGrid = (place: Element, attempts: Attempt[]) => {
  const cells = attempts.map(() => ({}) as Record<Who, HTMLTableCellElement>)
  const row = (attempt: Attempt, index: number) => {
    const [service = '', operation = ''] = attempt.action.split(':')
    const head = element(
      'th',
      { scope: 'row' },
      element('code', {}, `${service}:`, element('wbr'), operation),
      ' ',
      element('span', {}, TARGETS[attempt.target]),
    )
    const line = element('tr', {}, head)
    for (const [who] of COLUMNS) {
      const cell = element('td')
      untried(cell)
      ;(cells[index] as Record<Who, HTMLTableCellElement>)[who] = cell
      line.append(cell)
    }
    return line
  }
  for (const resource of Object.keys(TITLES) as Resource[]) {
    const [title, note] = TITLES[resource]
    const heads = COLUMNS.map(([, text]) => element('th', { scope: 'col' }, text))
    const rows = attempts.flatMap((attempt, index) => (attempt.resource === resource ? [row(attempt, index)] : []))
    const table = element(
      'table',
      {},
      element('caption', {}, element('strong', {}, title), ' ', element('span', {}, note)),
      element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Request'), ...heads)),
      element('tbody', {}, ...rows),
    )
    table.dataset.resource = resource
    place.append(table)
  }
  return {
    show(index: number, who: Who, outcome: Outcome) {
      const cell = cells[index]?.[who]
      if (cell) fill(cell, outcome)
    },
    clear() {
      for (const cell of cells) for (const [who] of COLUMNS) untried(cell[who])
    },
  }
}
