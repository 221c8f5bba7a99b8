import type { Ground } from '../../base/ground.ts'
import type { KeysOf } from '../openIdKeys.ts'
import { service } from '../service.ts'
import { assumeRole } from './assumeRole.ts'
import { callerIdentity } from './callerIdentity.ts'
import { createStsStore } from './store.ts'
import { webIdentity } from './webIdentity.ts'

/**
 * Security Token Service: GetCallerIdentity, AssumeRole, AssumeRoleWithWebIdentity. Left out: sessions by SAML, federation
 * and session tokens of users, decoding of messages, MFA devices, context providers.
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
    { ...callerIdentity, ...assumeRole, ...webIdentity },
  )

export const sts = stsWith()
