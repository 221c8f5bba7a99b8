import type { Ground } from '../../base/ground.ts'
import type { KeysOf } from '../openIdKeys.ts'
import { service } from '../service.ts'
import { credentials } from './credentials.ts'
import { developer } from './developer.ts'
import { identities } from './identities.ts'
import { pools } from './pools.ts'
import { resources } from './resources.ts'
import { roles } from './roles.ts'
import { createCognitoStore } from './store.ts'

/**
 * Cognito identity pools: guests, developer authenticated identities, logins by OpenID Connect providers and user pools;
 * roles by rules and tokens; the enhanced and the basic flow. Left out: SAML, principal tags, access tokens that only their
 * provider can check (Facebook, Amazon), user pools themselves. `keysOf` says where other issuers' keys come from.
 */
export const cognitoIdentity = (keysOf?: KeysOf) =>
  service(
    {
      name: 'cognito-identity',
      sdk: () => import('@aws-sdk/client-cognito-identity'),
      protocol: 'json1.1',
      target: 'AWSCognitoIdentityService',
      denied: 'AccessDeniedException',
      unsigned: ['GetId', 'GetCredentialsForIdentity', 'GetOpenIdToken', 'UnlinkIdentity'],
      store: (ground: Ground) => createCognitoStore(ground, keysOf),
      resources,
    },
    { ...pools, ...roles, ...identities, ...developer, ...credentials },
  )
