import { ServiceError } from '../../base/errors.ts'
import type { Ground } from '../../base/ground.ts'
import { background } from '../background.ts'
import { type AssumedRole, assumeRole } from '../roles.ts'
import type { Cloud, Context } from '../service.ts'
import { invalid } from './names.ts'
import type { RoleOf } from './types.ts'

export interface Roles {
  /**
   * A session of the function's role, as Lambda begins it: the same one until it nears its end.
   * @throws ServiceError `InvalidParameterValueException` when the role's trust policy does not let Lambda have it
   */
  assume(fn: RoleOf): Promise<AssumedRole>
}

const PRINCIPAL = 'lambda.amazonaws.com'
/** A session that ends sooner than this is not handed out any more, ms: the longest timeout, and some time to start. */
const MARGIN = 20 * 60_000

export const createRoles = (ground: Ground, cloudOf: (context: Context) => Cloud): Roles => {
  const sessions = new Map<string, AssumedRole>()

  const begin = async ({ name, arn, account, region, configuration: { role } }: RoleOf): Promise<AssumedRole> => {
    const cloud = cloudOf(background(ground, { kind: 'service', principal: PRINCIPAL, account }, region))
    // STS wants two characters for a session's name; a function's name may be one.
    const sessionName = name.padEnd(2, '_')
    const assumption = { roleArn: role, principal: PRINCIPAL, account, sessionName, sourceArn: arn }
    try {
      return await assumeRole(cloud, assumption)
    } catch (error) {
      if (!(error instanceof ServiceError && error.code === 'AccessDenied')) throw error
      throw invalid('The role defined for the function cannot be assumed by Lambda.')
    }
  }
  return {
    async assume(fn) {
      const key = `${fn.configuration.role} ${fn.arn}`
      const known = sessions.get(key)
      if (known && known.credentials.expiration - ground.clock.now() > MARGIN) return known
      const session = await begin(fn)
      sessions.set(key, session)
      return session
    },
  }
}
