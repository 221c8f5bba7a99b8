import { localUser } from '../../iam/sessions.ts'
import type { Access } from '../../iam/types.ts'
import { length, pattern } from '../constraints.ts'
import { type IamCall, invalid, missing, type Operations, valid } from './names.ts'
import type { IamStore } from './store.ts'

interface Named {
  UserName?: string
}

const NAME = 'local'

/** Who is meant when a request names nobody: the caller. */
const arnOf = ({ UserName }: Named, { caller, account }: Pick<IamCall, 'caller' | 'account'>): string =>
  UserName === undefined && caller.kind === 'user' ? caller.arn : `arn:aws:iam::${account}:user/${UserName ?? ''}`

/** What an operation on one user asks for. */
export const onUser =
  (action: string) =>
  (input: Named, call: IamCall): Access => [`iam:${action}`, arnOf(input, call)]

/** The one user, as IAM describes it. */
export const userOf = (account: string, { born }: Pick<IamStore, 'born'>) => {
  const { userId, arn } = localUser(account)
  return { Path: '/', UserName: NAME, UserId: userId, Arn: arn, CreateDate: new Date(born) }
}

/** The user that a request is about. There is one, whom the key `local` belongs to. @throws ServiceError `NoSuchEntity` */
export const theUser = (input: Named, call: IamCall) => {
  const { UserName } = input
  valid(length('userName', UserName, 1, 128), pattern('userName', UserName, /^[\w+=,.@-]+$/))
  if (UserName === undefined && call.caller.kind !== 'user')
    throw invalid('Must specify userName when calling with non-User credentials')
  const user = userOf(call.account, call.store)
  if (arnOf(input, call) !== user.Arn) throw missing(`The user with name ${UserName} cannot be found.`)
  return user
}

export const users = {
  GetUser: {
    action: onUser('GetUser'),
    run: (input, call) => ({ User: theUser(input, call) }),
  },
} satisfies Operations
