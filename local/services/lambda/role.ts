import { ServiceError } from '../../base/errors.ts'
import type { Ground } from '../../base/ground.ts'
import { background } from '../background.ts'
import type { Cloud, Context } from '../service.ts'
import { invalid } from './names.ts'
import type { AssumedRole, RoleOf } from './types.ts'

export interface Roles {
  /** A session of the function's role, as Lambda begins it: the same one until it nears its end. */
  assume(fn: RoleOf): Promise<AssumedRole>
}

/** A session that ends sooner than this is not handed out any more, ms: the longest timeout, and some time to start. */
const MARGIN = 20 * 60_000

/** Assumes the roles of functions as the service principal `lambda.amazonaws.com`; a role's trust policy decides. */
export const createRoles = (ground: Ground, cloudOf: (context: Context) => Cloud): Roles => {
  const sessions = new Map<string, AssumedRole>()

  const begin = async ({ name, account, region, configuration: { role } }: RoleOf): Promise<AssumedRole> => {
    const lambda = { kind: 'service', principal: 'lambda.amazonaws.com', account } as const
    try {
      const { Credentials, AssumedRoleUser } = await cloudOf(background(ground, lambda, region))('sts').AssumeRole({
        RoleArn: role,
        RoleSessionName: name,
      })
      if (!Credentials || !AssumedRoleUser) throw new Error(`no session of ${role}`)
      return {
        credentials: {
          accessKeyId: Credentials.AccessKeyId ?? '',
          secretAccessKey: Credentials.SecretAccessKey ?? '',
          sessionToken: Credentials.SessionToken ?? '',
          expiration: Credentials.Expiration?.getTime() ?? 0,
        },
        caller: {
          kind: 'role',
          arn: AssumedRoleUser.Arn ?? '',
          account,
          roleArn: role,
          userId: AssumedRoleUser.AssumedRoleId ?? '',
          accessKeyId: Credentials.AccessKeyId,
          sessionPolicies: [],
          keys: {},
        },
      }
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      throw invalid('The role defined for the function cannot be assumed by Lambda.')
    }
  }
  return {
    async assume(fn) {
      const key = `${fn.configuration.role} ${fn.name}`
      const known = sessions.get(key)
      if (known && known.credentials.expiration - ground.clock.now() > MARGIN) return known
      const session = await begin(fn)
      sessions.set(key, session)
      return session
    },
  }
}
