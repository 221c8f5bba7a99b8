import { expect } from 'chai'
import type { Attempt } from '../../chapters/06-managing-identities/lib/attempt.ts'
import {
  attemptsOn,
  clientsOf,
  type Names,
  outcomeOf,
  prepare,
  tokenFor,
} from '../../chapters/06-managing-identities/lib/attempts.ts'
import { newGuest, signedIn } from '../../chapters/06-managing-identities/lib/identities.ts'
import type { Chain, Deployed } from './chain.ts'
import { expectError } from './functions.ts'

/** A cell of the grid in words: `s3:PutObject, priv/, own`. */
export const cellOf = ({ action, resource, target }: Pick<Attempt, 'action' | 'resource' | 'target'>): string =>
  `${action}, ${resource}, ${target}`

const SHARED = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query']
const WRITES = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem']

/** Whom a listing of chapter 6 allows what. Whatever else stands in the grid is denied. */
export const GRANTED: Record<'guest' | 'signedIn', string[]> = {
  guest: ['lambda:InvokeFunction, the rest, all'],
  signedIn: [
    // listing 6.1
    's3:ListBucket, priv/, own',
    's3:GetObject, priv/, own',
    's3:PutObject, priv/, own',
    // listing 6.2
    's3:ListBucket, pub/, own',
    's3:ListBucket, pub/, other',
    's3:ListBucket, pub/, all',
    's3:GetObject, pub/, own',
    's3:GetObject, pub/, other',
    's3:PutObject, pub/, own',
    // listing 6.3
    ...[...SHARED, ...WRITES].map((action) => `${action}, private table, own`),
    // listing 6.4
    ...SHARED.flatMap((action) => [`${action}, shared table, own`, `${action}, shared table, other`]),
    'dynamodb:BatchGetItem, shared table, both',
    ...WRITES.map((action) => `${action}, shared table, own`),
  ],
}

/** How many requests of an identity the grid has. */
export const CELLS = 54

const namesOf = ({ physicalId }: Deployed): Names => ({
  bucket: physicalId('MyApp'),
  privateTable: physicalId('PrivateTable'),
  sharedTable: physicalId('SharedTable'),
  getTokenForName: physicalId('GetTokenForName'),
})

/** A guest, and who signs in under a name, each with clients. */
const peopleOf = (deployed: Deployed) => {
  const place = { region: deployed.config.region, endpoint: deployed.config.endpoint }
  const guest = async () => {
    const identity = await newGuest(deployed.physicalId('MyAppPool'), place)
    return { id: identity.id, clients: clientsOf(identity, place) }
  }
  return {
    guest,
    async named(name: string) {
      const { clients } = await guest()
      const { identityId, token } = await tokenFor(clients, namesOf(deployed).getTokenForName, name)
      const identity = await signedIn(identityId, token, place)
      return { id: identity.id, clients: clientsOf(identity, place) }
    },
  }
}

/** Chapter 6: who may do what, each combination tried. */
export const chain: Chain = [
  {
    title: 'gives a name the same identity each time, and another name another one',
    async run(deployed) {
      const { named } = peopleOf(deployed)

      const [first, again, other] = [await named('carol'), await named('carol'), await named('dave')]

      expect(first.id).to.match(/^[a-z]{2}-[a-z]+-\d:[0-9a-f-]{36}$/)
      expect(again.id).to.equal(first.id)
      expect(other.id).not.to.equal(first.id)
    },
  },
  {
    title: 'gives no token for what is no name',
    run: (deployed) =>
      expectError(
        deployed,
        'GetTokenForName',
        { name: '<b>' },
        {
          errorType: 'InvalidName',
          errorMessage: 'name must be 1 to 32 characters of a to z, 0 to 9 and -',
        },
      ),
  },
  {
    title: 'allows guests and those who signed in exactly what the listings say, identity by action by resource',
    async run(deployed) {
      const names = namesOf(deployed)
      const people = peopleOf(deployed)
      const [guest, alice, bob] = [await people.guest(), await people.named('alice'), await people.named('bob')]
      await prepare(names, alice.clients, alice.id)
      await prepare(names, bob.clients, bob.id)
      const attempts = attemptsOn(names)

      for (const [who, { id, clients }] of [
        ['guest', guest],
        ['signedIn', alice],
      ] as const) {
        const allowed: string[] = []
        for (const attempt of attempts) {
          const { allowed: is, text } = await outcomeOf(attempt, clients, id, bob.id)
          if (is) allowed.push(cellOf(attempt))
          else expect(text, cellOf(attempt)).to.contain(`is not authorized to perform: ${attempt.action}`)
        }
        expect(allowed, who).to.have.members(GRANTED[who])
      }
      expect(attempts).to.have.length(CELLS)
      expect(new Set(attempts.map(cellOf)).size).to.equal(CELLS)
    },
  },
]
