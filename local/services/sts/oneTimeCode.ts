import { ServiceError } from '../../base/errors.ts'
import { withCode } from '../../iam/oneTimeCodes.ts'
import type { ConditionKeys } from '../../iam/types.ts'
import { keep, length, pattern } from '../constraints.ts'
import type { Call } from '../service.ts'
import type { StsStore } from './store.ts'

interface Given {
  SerialNumber?: string
  TokenCode?: string
}

/** @throws ServiceError `AccessDenied` */
export const refuse = (message: string) => new ServiceError('AccessDenied', message, { status: 403 })

/**
 * Checks the one-time code of a request, where it brings one, and uses it up. Gives the condition keys that it stands for.
 * @throws ServiceError `ValidationError`, `AccessDenied`
 */
export const checkCode = ({ SerialNumber, TokenCode }: Given, call: Call<StsStore>): ConditionKeys => {
  keep(
    'ValidationError',
    length('serialNumber', SerialNumber, 9, 256),
    pattern('serialNumber', SerialNumber, /^[\w+=/:,.@-]*$/),
    length('tokenCode', TokenCode, 6, 6),
    pattern('tokenCode', TokenCode, /^[\d]*$/),
  )
  if (SerialNumber === undefined && TokenCode === undefined) return {}
  if (SerialNumber === undefined || TokenCode === undefined)
    throw refuse('MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.')
  const { store, caller, ground } = call
  // A session has no devices: who has one is the user, with long-term keys.
  const user = caller.kind === 'user' && !caller.keys ? caller : undefined
  const device = user && store.directory.mfaDevice(user.account, SerialNumber)
  if (!user || !device || device.owner?.user !== user.arn.split('/').at(-1))
    throw refuse(
      'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
    )
  const used = withCode(device, TokenCode, ground.clock.now())
  if (!used) throw refuse('MultiFactorAuthentication failed with invalid MFA one time pass code. ')
  store.directory.putMfaDevice(used)
  return { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '0' }
}
