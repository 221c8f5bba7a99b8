import { localUser } from '../../iam/sessions.ts'
import { type IamCall, invalid, missing, type Operations } from './names.ts'

const arnOf = (name: string, account: string) => `arn:aws:iam::${account}:user/${name}`

/** Who is meant when a request names nobody: the caller. */
const named = ({ UserName }: { UserName?: string }, { caller, account }: Pick<IamCall, 'caller' | 'account'>) =>
  UserName === undefined && caller.kind === 'user' ? caller.arn : arnOf(UserName ?? '', account)

/** There is one user, whom the key `local` belongs to. */
export const users = {
  GetUser: {
    action: (input, call) => ['iam:GetUser', named(input, call)],
    run(input, call) {
      const { UserName } = input
      if (UserName === undefined && call.caller.kind !== 'user')
        throw invalid('Must specify userName when calling with non-User credentials')
      const user = localUser(call.account)
      if (named(input, call) !== user.arn) throw missing(`The user with name ${UserName} cannot be found.`)
      return {
        User: {
          Path: '/',
          UserName: 'local',
          UserId: user.userId,
          Arn: user.arn,
          CreateDate: new Date(call.store.born),
        },
      }
    },
  },
} satisfies Operations
