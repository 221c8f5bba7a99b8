import { length, range } from '../constraints.ts'
import { type CognitoCall, type Operations, onPool, readMark, theIdentity, thePool, valid, writeMark } from './names.ts'
import type { Identity } from './store.ts'

const described = ({ id, created, modified }: Identity, { store }: CognitoCall) => ({
  IdentityId: id,
  Logins: [...new Set(store.logins(id).map(({ provider }) => provider))],
  CreationDate: new Date(created),
  LastModifiedDate: new Date(modified),
})

export const identities = {
  DescribeIdentity: {
    action: () => ['cognito-identity:DescribeIdentity', '*'],
    run: ({ IdentityId }, call) => described(theIdentity(IdentityId, call), call),
  },
  ListIdentities: {
    action: onPool('ListIdentities'),
    run({ IdentityPoolId, MaxResults, NextToken, HideDisabled = false }, call) {
      valid(range('maxResults', MaxResults, 1, 60))
      const { id } = thePool(IdentityPoolId, call)
      const found = call.store.identities(id, readMark(NextToken), MaxResults + 1)
      const page = found.slice(0, MaxResults)
      // Who signed in once and has no login left cannot get in any more.
      const isDisabled = (one: Identity) => one.known && !call.store.logins(one.id).length
      return {
        IdentityPoolId: id,
        Identities: page.filter((one) => !HideDisabled || !isDisabled(one)).map((one) => described(one, call)),
        NextToken: found.length > MaxResults ? writeMark(page.at(-1)?.id ?? '') : undefined,
      }
    },
  },
  DeleteIdentities: {
    action: () => ['cognito-identity:DeleteIdentities', '*'],
    run({ IdentityIdsToDelete: ids }, { store, region }) {
      valid(length('identityIdsToDelete', ids, 1, 60))
      for (const id of ids) if (id.startsWith(`${region}:`)) store.removeIdentity(id)
      return { UnprocessedIdentityIds: [] }
    },
  },
} satisfies Operations
