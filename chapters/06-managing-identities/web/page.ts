import { attemptsOn, clientsOf, outcomeOf, prepare, tokenFor } from '../lib/attempts.ts'
import { newGuest, signedIn } from '../lib/identities.ts'
import { readConfig } from './config.ts'
import { createGrid, type Who } from './grid.ts'
import { wordsOf } from './words.ts'

const found = <E extends Element>(selector: string): E => {
  const element = document.querySelector<E>(selector)
  if (!element) throw new Error(`the page has no ${selector}`)
  return element
}

const form = found<HTMLFormElement>('#people')
const button = found<HTMLButtonElement>('#submitButton')
const result = found<HTMLElement>('#result')
const identities = found<HTMLElement>('#identities')
// What is tried does not depend on what the stack's resources are called.
const grid = createGrid(
  found('#grid'),
  attemptsOn({ bucket: '', privateTable: '', sharedTable: '', getTokenForName: '' }),
)

/** Shown as text, and read out by screen readers. */
const say = (outcome: 'success' | 'failure' | 'notice', text: string) => {
  result.className = outcome
  result.textContent = text
}

const introduce = (people: [string, string][]) =>
  identities.replaceChildren(
    ...people.flatMap(([who, id]) => {
      const [term, description] = [document.createElement('dt'), document.createElement('dd')]
      term.textContent = who
      description.textContent = id
      return [term, description]
    }),
  )

/** Signs everybody in, and tries everything. @returns a sentence on what came of it */
const tryEverything = async (name: string, otherName: string): Promise<string> => {
  if (name === otherName) throw new Error('Somebody else must have another name than you.')
  const config = await readConfig()
  const place = { region: config.Region, endpoint: config.Endpoint }
  const names = {
    bucket: config.MyAppBucket,
    privateTable: config.PrivateTableName,
    sharedTable: config.SharedTableName,
    getTokenForName: config.GetTokenForNameFunction,
  }
  const guest = await newGuest(config.MyAppPoolId, place)
  const asGuest = clientsOf(guest, place)
  const signIn = async (as: string) => {
    const { identityId, token } = await tokenFor(asGuest, names.getTokenForName, as)
    const identity = await signedIn(identityId, token, place)
    return { id: identity.id, clients: clientsOf(identity, place) }
  }
  const [me, other] = await Promise.all([signIn(name), signIn(otherName)])
  introduce([
    ['A guest', guest.id],
    [`Signed in as ${name}`, me.id],
    [`Somebody else, ${otherName}`, other.id],
  ])
  await Promise.all([me, other].map(({ id, clients }) => prepare(names, clients, id)))

  const attempts = attemptsOn(names)
  const tried = async (who: Who, own: string, clients: typeof asGuest) => {
    let allowed = 0
    for (const [index, attempt] of attempts.entries()) {
      const outcome = await outcomeOf(attempt, clients, own, other.id)
      grid.show(index, who, outcome)
      if (outcome.allowed) allowed++
    }
    return allowed
  }
  const counts = await Promise.all([tried('guest', guest.id, asGuest), tried('signedIn', me.id, me.clients)])
  const allowed = counts[0] + counts[1]
  return `${2 * attempts.length} requests: ${allowed} allowed, ${2 * attempts.length - allowed} denied.`
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  if (button.disabled) return
  const fields = new FormData(form)
  const focused = document.activeElement
  button.disabled = true
  grid.clear()
  introduce([])
  say('notice', 'Signing in, and trying everything…')
  try {
    say('success', await tryEverything(String(fields.get('name')), String(fields.get('other'))))
  } catch (error) {
    say('failure', wordsOf(error))
  } finally {
    button.disabled = false
    if (focused === button && document.activeElement === document.body) button.focus()
  }
})
