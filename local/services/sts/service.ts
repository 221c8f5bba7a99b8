import type { Ground } from '../../base/ground.ts'
import type { KeysOf } from '../openIdKeys.ts'
import { service } from '../service.ts'
import { assumeRole } from './assumeRole.ts'
import { callerIdentity } from './callerIdentity.ts'
import { sessionToken } from './sessionToken.ts'
import { createStsStore } from './store.ts'
import { webIdentity } from './webIdentity.ts'

/**
 * Security Token Service: GetCallerIdentity, GetSessionToken, AssumeRole, AssumeRoleWithWebIdentity, with the one-time
 * codes of virtual MFA devices. Left out: sessions by SAML, federation tokens, decoding of messages, context providers,
 * sizes of session tokens.
 */
export const stsWith = (keysOf?: KeysOf) =>
  service(
    {
      name: 'sts',
      sdk: () => import('@aws-sdk/client-sts'),
      protocol: 'query',
      namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      version: '2011-06-15',
      denied: 'AccessDenied',
      unsigned: ['AssumeRoleWithWebIdentity'],
      store: (ground: Ground) => createStsStore(ground, keysOf),
    },
    { ...callerIdentity, ...sessionToken, ...assumeRole, ...webIdentity },
  )

export const sts = stsWith()
