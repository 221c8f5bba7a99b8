import { keep, range } from '../constraints.ts'
import type { Operations } from './names.ts'
import { checkCode, refuse } from './oneTimeCode.ts'

const HOUR = 3600

export const sessionToken = {
  // "No permissions are required for users to perform this operation."
  GetSessionToken: {
    action: 'anyone',
    run(input, call) {
      const { DurationSeconds = 12 * HOUR } = input
      const { caller, store } = call
      keep('ValidationError', range('durationSeconds', DurationSeconds, 900, 36 * HOUR))
      if (caller.kind !== 'user' || caller.keys) throw refuse('Cannot call GetSessionToken with session credentials')
      const { 'aws:MultiFactorAuthPresent': present = 'false' } = checkCode(input, call)
      const session = { ...caller, keys: { 'aws:MultiFactorAuthPresent': present } }
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = store.begin(session, DurationSeconds)
      return {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: new Date(expiration),
        },
      }
    },
  },
} satisfies Operations
