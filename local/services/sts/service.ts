import { service } from '../service.ts'
import { assumeRole } from './assumeRole.ts'
import { callerIdentity } from './callerIdentity.ts'
import { createStsStore } from './store.ts'

/**
 * Security Token Service: GetCallerIdentity, AssumeRole. Left out: sessions by web identity and SAML, federation and
 * session tokens of users, decoding of messages, MFA devices, context providers.
 */
export const sts = service(
  {
    name: 'sts',
    sdk: () => import('@aws-sdk/client-sts'),
    protocol: 'query',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    version: '2011-06-15',
    denied: 'AccessDenied',
    store: createStsStore,
  },
  { ...callerIdentity, ...assumeRole },
)
